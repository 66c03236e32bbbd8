import { type BatchItem, type BatchRequest, isRefused } from "#shared/domain/accept/batch.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import { type AcceptBatchDeps, acceptBatch, type BatchOutcome } from "#shared/usecases/accept/accept-batch.ts";
import type { AccountLimits } from "#shared/usecases/limits/limit-account.ts";
import { overLimit } from "./responses.ts";
import { refusalOf, withinLimits } from "./within-limits.ts";

/**
 * Accepts a batch within the account's limits. Where a recipient has its limit, a tolerant batch reports that message
 * with code 88, and a fail-fast one is refused.
 * @throws HttpProblem 429
 */
export async function acceptWithinLimits(
	gateway: AcceptBatchDeps,
	limits: AccountLimits,
	account: Account,
	request: BatchRequest,
): Promise<BatchOutcome> {
	const { items } = request;
	const sendable = [...items.entries()].flatMap(([index, item]) => (isRefused(item) ? [] : [{ index, item }]));
	const recipients = sendable.map(({ item }) => item.recipient);
	return await withinLimits(limits, account, recipients, async (over) => {
		if (request.failFast) for (const one of over.values()) throw overLimit(one);
		const refused = new Map([...over].map(([place, one]) => [sendable[place]?.index ?? -1, refusalOf(one)] as const));
		const within = items.map((item, index): BatchItem => {
			const refusal = refused.get(index);
			return refusal === undefined || isRefused(item) ? item : { ...item, refusal, unreadFields: [] };
		});
		return await acceptBatch(gateway, account, { ...request, items: within });
	});
}
