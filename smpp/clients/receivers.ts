import { ongoingWork } from "#shared/flow/ongoing-work.ts";
import { type AccountNotifier, type AccountNotifierOptions, openAccountNotifier } from "./account-notifier.ts";
import type { Receiver } from "./receiver.ts";

export type Receivers = {
	add(receiver: Receiver): void;
	/** The session takes no more. Outstanding notifications go to another session, or wait. */
	remove(receiver: Receiver): void;
	stop(): Promise<void>;
};

/** Reads an account's queue while it has a session. Accounts without a queue of their own have none here. */
export function openReceivers(options: AccountNotifierOptions): Receivers {
	const notifiers = new Map<string, AccountNotifier>();
	/** A session stays with the queue that its account had at the bind. */
	const keys = new Map<Receiver, string>();
	const closing = ongoingWork();
	let stopping = false;

	function close(key: string, notifier: AccountNotifier): void {
		notifiers.delete(key);
		void closing.add(notifier.stop());
	}

	return {
		add(receiver) {
			const { userName, smpp } = receiver.account;
			const queueUrl = smpp?.reportsQueueUrl;
			if (!queueUrl || stopping) return;
			const key = `${userName} ${queueUrl}`;
			const notifier = notifiers.get(key) ?? openAccountNotifier(receiver.account, queueUrl, options);
			notifiers.set(key, notifier);
			keys.set(receiver, key);
			notifier.add(receiver);
		},
		remove(receiver) {
			const key = keys.get(receiver);
			const notifier = key === undefined ? undefined : notifiers.get(key);
			keys.delete(receiver);
			notifier?.remove(receiver);
			if (key !== undefined && notifier?.receivers === 0) close(key, notifier);
		},
		async stop() {
			stopping = true;
			for (const [key, notifier] of notifiers) close(key, notifier);
			await closing.settled();
		},
	};
}
