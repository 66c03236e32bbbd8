import type { Account } from "#shared/domain/account.ts";
import type { OutgoingRequest } from "#smpp/session/asking.ts";
import type { RequestOutcome } from "#smpp/session/in-flight.ts";

/** A session of an account that takes deliver_sm. */
export type Receiver = {
	readonly account: Account;
	/** Requests of ours that wait for their answer. */
	readonly inFlight: number;
	readonly windowMax: number;
	/** Never rejects. */
	deliver(request: OutgoingRequest<"deliver_sm">): Promise<RequestOutcome>;
};

/** Brings reports and messages from subscribers to the sessions of their accounts. */
export type Receivers = {
	add(receiver: Receiver): void;
	/** It takes no more: what was on its way to it goes by another, or waits. */
	remove(receiver: Receiver): void;
	/** Brings no more, lets what is on its way be answered for a while, and gives the rest back. */
	stop(): Promise<void>;
};
