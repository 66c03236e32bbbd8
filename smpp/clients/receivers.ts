import type { Account } from "#shared/domain/account.ts";
import type { OutgoingRequest } from "#smpp/session/asking.ts";
import type { RequestOutcome } from "#smpp/session/in-flight.ts";
import { type AccountDesk, type AccountDeskOptions, openAccountDesk } from "./account-desk.ts";

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

/** An account's queue is read from when its first session comes until its last one goes; accounts that have none are told otherwise. */
export function openReceivers(options: AccountDeskOptions): Receivers {
	const desks = new Map<string, AccountDesk>();
	/** A session's desk is that of its bind: its account may have got another queue since. */
	const keys = new Map<Receiver, string>();
	const closing = new Set<Promise<void>>();
	let stopping = false;

	function close(key: string, desk: AccountDesk): void {
		desks.delete(key);
		const closed = desk.stop();
		closing.add(closed);
		void closed.finally(() => closing.delete(closed));
	}

	return {
		add(receiver) {
			const { userName, smpp } = receiver.account;
			const queueUrl = smpp?.reportsQueueUrl;
			if (!queueUrl || stopping) return;
			const key = JSON.stringify([userName, queueUrl]);
			const desk = desks.get(key) ?? openAccountDesk(userName, queueUrl, options);
			desks.set(key, desk);
			keys.set(receiver, key);
			desk.add(receiver);
		},
		remove(receiver) {
			const key = keys.get(receiver);
			const desk = key === undefined ? undefined : desks.get(key);
			keys.delete(receiver);
			desk?.remove(receiver);
			if (key !== undefined && desk?.receivers === 0) close(key, desk);
		},
		async stop() {
			stopping = true;
			for (const [key, desk] of desks) close(key, desk);
			await Promise.all(closing);
		},
	};
}
