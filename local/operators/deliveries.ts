import smpp, { type PduOptions } from "smpp";
import { delayQueue } from "./delay-queue.ts";
import { fifo } from "./fifo.ts";
import { type OperatorSession, receives } from "./operator-session.ts";

/** What a deliver_sm is to hold, made when it is sent. Each is its own, however often it is sent. */
export type SimulatedDelivery = { fields(): PduOptions };

export type Deliveries = {
	/** Sends it after the delay, or as soon after as a session can take it. */
	later(delivery: SimulatedDelivery): void;
	/** Sends it on this session now. */
	now(delivery: SimulatedDelivery, session: OperatorSession): void;
	/** Sends it as soon as a session can take it. */
	soon(delivery: SimulatedDelivery): void;
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
 * Receipts, and messages of subscribers, of one operator, each sent until a session confirms it with ESME_ROK, as SMSCs do: on any session that receives,
 * again after another command_status, and on another session after a line fell or did not answer.
 */
export function deliveriesOver(sessions: ReadonlySet<OperatorSession>, delayMs: number): Deliveries {
	const unconfirmed = new Map<OperatorSession, Map<SimulatedDelivery, number>>();
	const ready = fifo<SimulatedDelivery>(waitingMax);
	const delayed = delayQueue<SimulatedDelivery>(delayMs, waitingMax, makeReady);
	const refused = delayQueue<SimulatedDelivery>(retryMs, waitingMax, makeReady);
	const watch = setInterval(closeSilentSessions, 1_000, unconfirmed);

	function makeReady(delivery: SimulatedDelivery): void {
		ready.push(delivery);
		pump();
	}

	function send(delivery: SimulatedDelivery, session: OperatorSession): void {
		const sent = unconfirmed.get(session) ?? new Map<SimulatedDelivery, number>();
		unconfirmed.set(session, sent.set(delivery, performance.now()));
		session.send(new smpp.PDU("deliver_sm", delivery.fields()), (answer) => {
			if (!sent.delete(delivery)) return;
			if (answer.command_status !== 0) refused.push(delivery);
			pump();
		});
	}

	function pump(): void {
		while (ready.size > 0) {
			const session = leastBusySession(sessions, unconfirmed);
			const delivery = session === undefined ? undefined : ready.shift();
			if (session === undefined || delivery === undefined) return;
			send(delivery, session);
		}
	}

	return {
		later: (delivery) => delayed.push(delivery),
		now: send,
		soon: makeReady,
		setDelay: (ms) => delayed.setDelay(ms),
		pump,
		sessionClosed(session) {
			const left = [...(unconfirmed.get(session)?.keys() ?? [])];
			unconfirmed.get(session)?.clear();
			unconfirmed.delete(session);
			for (const delivery of left) makeReady(delivery);
		},
		stop() {
			clearInterval(watch);
			delayed.stop();
			refused.stop();
		},
	};
}

type Unconfirmed = ReadonlyMap<OperatorSession, ReadonlyMap<SimulatedDelivery, number>>;

/** The receiving session with the fewest unconfirmed deliveries; undefined when all have their window full. */
function leastBusySession(
	sessions: ReadonlySet<OperatorSession>,
	unconfirmed: Unconfirmed,
): OperatorSession | undefined {
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

/** A session that confirms nothing is closed, and so its deliveries go elsewhere. */
function closeSilentSessions(unconfirmed: Unconfirmed): void {
	const sentBefore = performance.now() - answerMs;
	for (const [session, sent] of unconfirmed) {
		const [oldest] = sent.values();
		if (oldest !== undefined && oldest < sentBefore) session.session.destroy();
	}
}
