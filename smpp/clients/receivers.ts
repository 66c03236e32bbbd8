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
			const desk = desks.get(deskKey(receiver)) ?? openAccountDesk(userName, queueUrl, options);
			desks.set(deskKey(receiver), desk);
			desk.add(receiver);
		},
		remove(receiver) {
			const desk = desks.get(deskKey(receiver));
			desk?.remove(receiver);
			if (desk?.receivers === 0) close(deskKey(receiver), desk);
		},
		async stop() {
			stopping = true;
			for (const [key, desk] of desks) close(key, desk);
			await Promise.all(closing);
		},
	};
}

/** A session knows its account as it was at its bind: its queue may have become another since. */
function deskKey({ account: { userName, smpp } }: Receiver): string {
	return JSON.stringify([userName, smpp?.reportsQueueUrl]);
}
