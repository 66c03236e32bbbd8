import { delayQueue } from "#local/operators/delay-queue.ts";
import { fifo } from "#local/operators/fifo.ts";
import type { RequestOutcome } from "#smpp/session/in-flight.ts";
import type { OutgoingRequest } from "#smpp/session/outgoing-requests.ts";
import type { Session } from "#smpp/session/session.ts";

type Deliver = OutgoingRequest<"deliver_sm">;

/** What is needed of a session that receipts are sent by. */
export type ReceivingSession = Pick<Session, "inFlight"> & { request(request: Deliver): Promise<RequestOutcome> };

/** Receipts, each sent until a session has confirmed it with ESME_ROK, as SMSCs do. */
export type Receipts = {
	/** Sends it after the delay, or as soon after as a session can take it. */
	schedule(receipt: Deliver): void;
	/** To be called when a session has bound: what waited goes out. */
	pump(): void;
	setDelay(ms: number): void;
	/** How often one was not confirmed so far, and is therefore sent again. */
	readonly resent: number;
};

/** More than any run has; beyond it the oldest would be let go, and the run would tell. */
const waitingMax = 5_000_000;
/** Of each session: without their answer. */
const inFlightMax = 1_000;

export function receiptsOver(sessions: ReadonlySet<ReceivingSession>, resendAfterMs: number): Receipts {
	const ready = fifo<Deliver>(waitingMax);
	const delayed = delayQueue<Deliver>(0, waitingMax, makeReady);
	const unconfirmed = delayQueue<Deliver>(resendAfterMs, waitingMax, makeReady);
	let resent = 0;

	function makeReady(receipt: Deliver): void {
		ready.push(receipt);
		pump();
	}

	function pump(): void {
		while (ready.size > 0) {
			const session = sessionWithRoom(sessions);
			const receipt = session === undefined ? undefined : ready.shift();
			if (session === undefined || receipt === undefined) return;
			void send(receipt, session);
		}
	}

	async function send(receipt: Deliver, session: ReceivingSession): Promise<void> {
		const outcome = await session.request(receipt);
		if (outcome.kind !== "answered" || outcome.response.command_status !== 0) {
			resent += 1;
			unconfirmed.push(receipt);
		}
		pump();
	}

	return {
		schedule: (receipt) => delayed.push(receipt),
		pump,
		setDelay: (ms) => delayed.setDelay(ms),
		get resent() {
			return resent;
		},
	};
}

function sessionWithRoom(sessions: ReadonlySet<ReceivingSession>): ReceivingSession | undefined {
	for (const session of sessions) if (session.inFlight < inFlightMax) return session;
	return undefined;
}
