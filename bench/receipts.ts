import { delayQueue } from "#local/operators/delay-queue.ts";
import { fifo } from "#local/operators/fifo.ts";
import type { RequestOutcome } from "#smpp/session/in-flight.ts";
import type { OutgoingRequest } from "#smpp/session/outgoing-requests.ts";
import type { Session } from "#smpp/session/session.ts";

type Deliver = OutgoingRequest<"deliver_sm">;

export type ReceivingSession = Pick<Session, "inFlight"> & { request(request: Deliver): Promise<RequestOutcome> };

/** Sends each receipt until a session confirms it with ESME_ROK, as SMSCs do. */
export type Receipts = {
	/** Sends the receipt after the delay, when a session has room. */
	schedule(receipt: Deliver): void;
	/** Call it when a session has bound. */
	pump(): void;
	setDelay(ms: number): void;
	/** Sends that were not confirmed and are repeated. */
	readonly resent: number;
};

/** More than any run has. Above it the oldest would be dropped, and the run would fail. */
const waitingMax = 5_000_000;
/** Of each session, without a response. */
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
