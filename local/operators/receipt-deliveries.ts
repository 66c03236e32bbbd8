import smpp from "smpp";
import { delayQueue } from "./delay-queue.ts";
import { fifo } from "./fifo.ts";
import { type OperatorSession, receives } from "./operator-session.ts";
import { type Receipt, receiptFields } from "./receipt.ts";

export type ReceiptDeliveries = {
	/** Sends it after the delay, or as soon after as a session can take it. */
	later(receipt: Receipt): void;
	/** Sends it on this session now. */
	now(receipt: Receipt, session: OperatorSession): void;
	setDelay(ms: number): void;
	/** To be called when a session has bound: what waited goes out. */
	pump(): void;
	/** What this session has not confirmed waits for another one. */
	sessionClosed(session: OperatorSession): void;
	stop(): void;
};

const waitingMax = 200_000;
/** deliver_sm that may be without their answer, per session. */
const windowMax = 500;
const retryMs = 1_000;
const answerMs = 30_000;

/**
 * Receipts of one operator, each sent until a session confirms it with ESME_ROK, as SMSCs do: on any session that receives,
 * again after another command_status, and on another session after a line fell or did not answer.
 */
export function receiptDeliveries(sessions: ReadonlySet<OperatorSession>, delayMs: number): ReceiptDeliveries {
	const unconfirmed = new Map<OperatorSession, Map<Receipt, number>>();
	const ready = fifo<Receipt>(waitingMax);
	const delayed = delayQueue<Receipt>(delayMs, waitingMax, makeReady);
	const refused = delayQueue<Receipt>(retryMs, waitingMax, makeReady);
	const watch = setInterval(closeTheSilent, 1_000, unconfirmed);

	function makeReady(receipt: Receipt): void {
		ready.push(receipt);
		pump();
	}

	function send(receipt: Receipt, session: OperatorSession): void {
		const sent = unconfirmed.get(session) ?? new Map<Receipt, number>();
		unconfirmed.set(session, sent.set(receipt, performance.now()));
		session.send(new smpp.PDU("deliver_sm", receiptFields(receipt)), (answer) => {
			if (!sent.delete(receipt)) return;
			if (answer.command_status !== 0) refused.push(receipt);
			pump();
		});
	}

	function pump(): void {
		while (ready.size > 0) {
			const session = freest(sessions, unconfirmed);
			const receipt = session === undefined ? undefined : ready.shift();
			if (session === undefined || receipt === undefined) return;
			send(receipt, session);
		}
	}

	return {
		later: (receipt) => delayed.push(receipt),
		now: send,
		setDelay: (ms) => delayed.setDelay(ms),
		pump,
		sessionClosed(session) {
			const receipts = [...(unconfirmed.get(session)?.keys() ?? [])];
			unconfirmed.get(session)?.clear();
			unconfirmed.delete(session);
			for (const receipt of receipts) makeReady(receipt);
		},
		stop() {
			clearInterval(watch);
			delayed.stop();
			refused.stop();
		},
	};
}

type Unconfirmed = ReadonlyMap<OperatorSession, ReadonlyMap<Receipt, number>>;

/** The receiving session with the fewest unconfirmed receipts; undefined when all have their window full. */
function freest(sessions: ReadonlySet<OperatorSession>, unconfirmed: Unconfirmed): OperatorSession | undefined {
	let best: OperatorSession | undefined;
	let fewest = windowMax;
	for (const session of sessions) {
		const count = unconfirmed.get(session)?.size ?? 0;
		if (!receives(session) || count >= fewest) continue;
		best = session;
		fewest = count;
	}
	return best;
}

/** A session that confirms nothing is closed, and so its receipts go elsewhere. */
function closeTheSilent(unconfirmed: Unconfirmed): void {
	const sentBefore = performance.now() - answerMs;
	for (const [session, sent] of unconfirmed) {
		const [oldest] = sent.values();
		if (oldest !== undefined && oldest < sentBefore) session.session.destroy();
	}
}
