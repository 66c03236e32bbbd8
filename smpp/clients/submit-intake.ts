import type { UnnamedRequest } from "#shared/domain/accept/message-request.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import { errorSummary } from "#shared/domain/faults.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { batcher } from "#shared/flow/batcher.ts";
import type { Log } from "#shared/log.ts";
import type { AcceptDeps } from "#shared/usecases/accept/accept-messages.ts";
import { acceptUnnamed, type UnnamedOutcome } from "#shared/usecases/accept/accept-unnamed.ts";

const batcherLimits = { itemsMax: 25, quietMs: 5, waitMs: 25 };

/** What a task stores in a few seconds. With a slow store, more would wait longer than their clients do. */
export const underWayMax = 5_000;

/** Limit for one account: it keeps a few sessions busy and leaves room for other accounts. */
export const underWayPerAccountMax = underWayMax / 4;

type PendingSubmit = {
	readonly account: Account;
	readonly request: UnnamedRequest;
	outcome: UnnamedOutcome | undefined;
};

export type SubmitIntake = {
	/** Resolves when the message is accepted, failed, or refused: with 88 if too many are under way. */
	accept(account: Account, request: UnnamedRequest): Promise<UnnamedOutcome>;
	drained(): Promise<void>;
};

export function openSubmitIntake(gateway: AcceptDeps, log: Log): SubmitIntake {
	const accepting = batcher<PendingSubmit>(batcherLimits, async (waiting) => {
		try {
			const outcomes = await acceptUnnamed(gateway, waiting);
			for (const [index, one] of waiting.entries()) one.outcome = outcomes[index];
		} catch (err) {
			log.error("messages.accept_failed", { messages: waiting.length, err: errorSummary(err) });
		}
	});
	let underWay = 0;
	const underWayOf = new Map<string, number>();

	function count(userName: string, change: 1 | -1): void {
		underWay += change;
		const left = (underWayOf.get(userName) ?? 0) + change;
		if (left > 0) underWayOf.set(userName, left);
		else underWayOf.delete(userName);
	}

	return {
		async accept(account, request) {
			const { userName } = account;
			const isFull = underWay >= underWayMax || (underWayOf.get(userName) ?? 0) >= underWayPerAccountMax;
			if (isFull) return { kind: "refused", refusal: new Refusal("88") };
			const waiting: PendingSubmit = { account, request, outcome: undefined };
			count(userName, 1);
			await accepting.add(waiting);
			count(userName, -1);
			return waiting.outcome ?? { kind: "failed" };
		},
		drained: () => accepting.drained(),
	};
}
