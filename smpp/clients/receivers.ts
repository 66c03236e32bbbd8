import { ongoingWork } from "#shared/flow/ongoing-work.ts";
import { type AccountNotifier, type AccountNotifierOptions, openAccountNotifier } from "./account-notifier.ts";
import type { Receiver } from "./receiver.ts";

/** Brings reports and messages from subscribers to the sessions of their accounts. */
export type Receivers = {
	add(receiver: Receiver): void;
	/** It takes no more: what was on its way to it goes by another, or waits. */
	remove(receiver: Receiver): void;
	/** Brings no more, lets what is on its way be answered for a while, and gives the rest back. */
	stop(): Promise<void>;
};

/** An account's queue is read from when its first session comes until its last one goes; accounts that have none are told otherwise. */
export function openReceivers(options: AccountNotifierOptions): Receivers {
	const notifiers = new Map<string, AccountNotifier>();
	/** A session's account notifier is that of its bind: its account may have got another queue since. */
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
			const key = JSON.stringify([userName, queueUrl]);
			const notifier = notifiers.get(key) ?? openAccountNotifier(userName, queueUrl, options);
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
