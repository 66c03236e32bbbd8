import smpp, { type PduOptions } from "smpp";
import { delayQueue } from "./delay-queue.ts";
import { fifo } from "./fifo.ts";
import { type OperatorSession, receives } from "./operator-session.ts";

/** A deliver_sm, whose fields are made when it is sent. */
export type SimulatedDelivery = { fields(): PduOptions };

export type Deliveries = {
	/** Sends after the delay, as soon as a session can take it. */
	later(delivery: SimulatedDelivery): void;
	now(delivery: SimulatedDelivery, session: OperatorSession): void;
	soon(delivery: SimulatedDelivery): void;
	setDelay(ms: number): void;
	/** Sends what waits. Call it when a session has bound. */
	pump(): void;
	/** Sends the session's unconfirmed deliveries on other sessions. */
	sessionClosed(session: OperatorSession): void;
	stop(): void;
};

const waitingMax = 200_000;
const windowMax = 500;
const retryMs = 1_000;
const answerMs = 30_000;

/**
 * One operator's receipts and subscribers' messages. Each is sent on any receiving session until one answers ESME_ROK: again after
 * another command_status, and on another session after a session ended or did not answer.
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

function closeSilentSessions(unconfirmed: Unconfirmed): void {
	const sentBefore = performance.now() - answerMs;
	for (const [session, sent] of unconfirmed) {
		const [oldest] = sent.values();
		if (oldest !== undefined && oldest < sentBefore) session.session.destroy();
	}
}
