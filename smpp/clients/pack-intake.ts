import type { AccountQueueSource, Log, WaitingPack } from "#shared/ports.ts";
import { polled } from "#smpp/polled.ts";

export type PackIntake = {
	/** Looks again whether more is wanted. */
	wake(): void;
	/** Takes in no more. Resolves when the last poll has ended. */
	stop(): Promise<void>;
};

export type PackIntakeOptions = {
	readonly queueUrl: string;
	readonly source: Pick<AccountQueueSource, "receive">;
	readonly visibilitySeconds: number;
	/** Whether a pack could be told soon: only then is the queue polled, for what is held here no other task can tell. */
	readonly wanted: () => boolean;
	/** Resolves when the packs lie ready, or are let go of. */
	readonly take: (packs: readonly WaitingPack[]) => Promise<void>;
	readonly log: Log;
};

/** Reads an account's own queue by long polls, one at a time, as far as its packs are wanted. */
export function packIntake(options: PackIntakeOptions): PackIntake {
	const { queueUrl, source, visibilitySeconds, wanted, take, log } = options;
	const stopping = new AbortController();
	const { signal } = stopping;
	let woken = Promise.withResolvers<void>();

	const poll = async () => await source.receive(queueUrl, visibilitySeconds, signal);

	async function run(): Promise<void> {
		while (!signal.aborted) {
			if (!wanted()) {
				await woken.promise;
				continue;
			}
			const packs = await polled(log, "account_queue.unread", signal, poll);
			if (packs.length > 0) await take(packs);
		}
	}

	const running = run();
	return {
		wake() {
			woken.resolve();
			woken = Promise.withResolvers();
		},
		async stop() {
			stopping.abort();
			woken.resolve();
			await running;
		},
	};
}
