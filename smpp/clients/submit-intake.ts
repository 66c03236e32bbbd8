import type { UnnamedRequest } from "#shared/domain/accept/message-request.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import { errorSummary } from "#shared/domain/faults.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { type PriorityQueue, priorityQueue } from "#shared/domain/send/fair-turns.ts";
import { batcher } from "#shared/flow/batcher.ts";
import { fairConcurrencyLimit } from "#shared/flow/fair-concurrency-limit.ts";
import type { Log } from "#shared/log.ts";
import type { AcceptDeps } from "#shared/usecases/accept/accept-messages.ts";
import { acceptUnnamed, type UnnamedOutcome } from "#shared/usecases/accept/accept-unnamed.ts";

const batcherLimits = { itemsMax: 25, quietMs: 5, waitMs: 25 };

/** Micro-batches written at once. An urgent message waits for one of them at most, and never behind all that waits. */
const writesMax = 16;

/** What a task stores in a few seconds. With a slow store, more would wait longer than their clients do. */
export const underWayMax = 5_000;

/** An account may have this part of what all others leave free: alone 1,250, one of four 714. So there is always room. */
const freePart = 1 / 3;

type PendingSubmit = {
	readonly account: Account;
	readonly request: UnnamedRequest;
	readonly settle: (outcome: UnnamedOutcome) => void;
};

export type SubmitIntake = {
	/** Resolves when the message is accepted, failed, or refused: with 88 if too many are under way. */
	accept(account: Account, request: UnnamedRequest): Promise<UnnamedOutcome>;
	drained(): Promise<void>;
};

/** Stores submits in micro-batches: higher priorities first, and accounts in turn (ADR 0075). */
export function openSubmitIntake(gateway: AcceptDeps, log: Log): SubmitIntake {
	const waiting = priorityQueue<PendingSubmit>();
	const writing = fairConcurrencyLimit(writesMax, Number.POSITIVE_INFINITY);
	const underWay = countsByAccount();

	async function writeNext(): Promise<void> {
		const batch = nextItems(waiting, batcherLimits.itemsMax);
		if (batch.length === 0) return;
		try {
			const outcomes = await acceptUnnamed(gateway, batch);
			for (const [index, { settle }] of batch.entries()) settle(outcomes[index] ?? { kind: "failed" });
		} catch (err) {
			log.error("messages.accept_failed", { messages: batch.length, err: errorSummary(err) });
			for (const { settle } of batch) settle({ kind: "failed" });
		}
	}

	/* A batch closes for the messages that came; it writes those whose turn it is. */
	const closing = batcher<undefined>(batcherLimits, async () => {
		await writing({ owner: "", isKnown: false }, writeNext);
	});

	return {
		async accept(account, request) {
			const { userName } = account;
			if (underWay.of(userName) >= Math.floor((underWayMax - underWay.all) * freePart))
				return { kind: "refused", refusal: new Refusal("88") };
			underWay.add(userName, 1);
			const { promise, resolve: settle } = Promise.withResolvers<UnnamedOutcome>();
			waiting.push(request.priority, userName, { account, request, settle });
			void closing.add(undefined);
			const outcome = await promise;
			underWay.add(userName, -1);
			return outcome;
		},
		drained: () => closing.drained(),
	};
}

function nextItems<Item>(queue: Pick<PriorityQueue<Item>, "next">, max: number): readonly Item[] {
	const items: Item[] = [];
	while (items.length < max) {
		const item = queue.next();
		if (item === undefined) break;
		items.push(item);
	}
	return items;
}

function countsByAccount() {
	const own = new Map<string, number>();
	let all = 0;
	return {
		get all() {
			return all;
		},
		of: (userName: string) => own.get(userName) ?? 0,
		add(userName: string, change: 1 | -1): void {
			all += change;
			const left = (own.get(userName) ?? 0) + change;
			if (left > 0) own.set(userName, left);
			else own.delete(userName);
		},
	};
}
