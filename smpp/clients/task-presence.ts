import type { Clock } from "#shared/clock.ts";
import { presenceLease } from "#shared/domain/lease-names.ts";
import { renewUntilReleased } from "#shared/flow/lease-renewal.ts";
import type { LeaseStore } from "#shared/flow/lease-store.ts";
import type { Log } from "#shared/log.ts";

/** While a task holds its row `smpp-task#<task>`, its session leases count. One row stands for all its sessions. */
export type TaskPresence = {
	/** A session begins here: the row is held until it ends. Rejects if it cannot be written. */
	sessionBegins(): Promise<void>;
	/** A session has ended here. After the last one the row expires. */
	sessionEnded(): void;
	/** How often the row had expired before it was renewed. Other tasks may have taken session leases since. */
	readonly gaps: number;
};

export type TaskPresenceDeps = {
	readonly leases: LeaseStore;
	readonly task: string;
	readonly now: Clock;
	readonly log: Log;
	/** A bind elsewhere found no free session lease of this account: are its sessions here alive? Never rejects. */
	readonly onAsked: (userName: string) => Promise<void>;
};

/** The sessions of a dead task count for this long. */
const presentMs = 9_000;
const renewMs = presentMs / 3;

/** Its holder is the account whose sessions the task should check. */
const askLease = (task: string) => `smpp-ask#${task}`;
const askMs = 2 * renewMs;

export async function presentAmong(
	leases: LeaseStore,
	tasks: readonly string[],
	now: number,
): Promise<ReadonlySet<string>> {
	if (tasks.length === 0) return new Set();
	const holders = await leases.holders([...new Set(tasks)].map(presenceLease), now);
	return new Set(holders.values());
}

/** Asks another task to check its sessions of this account. It does so within a few seconds. */
export async function askTask(leases: LeaseStore, task: string, userName: string, now: number): Promise<void> {
	await leases.hold(askLease(task), userName, now, now + askMs);
}

export function taskPresence({ leases, task, now, log, onAsked }: TaskPresenceDeps): TaskPresence {
	const lease = presenceLease(task);
	let sessions = 0;
	let gaps = 0;
	let renewedAt = 0;
	let renewal: ReturnType<typeof renewUntilReleased> | undefined;
	let beginning: Promise<void> | undefined;

	async function hold(): Promise<void> {
		const at = now();
		await leases.hold(lease, task, at, at + presentMs);
		if (renewedAt > 0 && at - renewedAt > presentMs) gaps += 1;
		renewedAt = at;
	}

	async function answerAsked(): Promise<void> {
		const asked = (await leases.holders([askLease(task)], now())).get(askLease(task));
		if (asked === undefined) return;
		await leases.release(askLease(task), asked);
		void onAsked(asked);
	}

	async function begin(): Promise<void> {
		await hold();
		renewal = renewUntilReleased({
			...{ lease, holder: task, everyMs: renewMs, retryMs: renewMs / 3, logName: "task_presence", log },
			/* Without sessions nothing depends on the row. A late release would end a presence that began again. */
			leases: { release: async () => undefined },
			async renew() {
				await hold();
				await answerAsked();
			},
		});
	}

	return {
		get gaps() {
			return gaps;
		},
		async sessionBegins() {
			sessions += 1;
			if (renewal !== undefined) return;
			beginning ??= begin().finally(() => {
				beginning = undefined;
			});
			await beginning;
		},
		sessionEnded() {
			sessions -= 1;
			if (sessions > 0 || renewal === undefined) return;
			void renewal.release();
			renewal = undefined;
			renewedAt = 0;
		},
	};
}
