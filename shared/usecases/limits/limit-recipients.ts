import type { Clock } from "../../clock.ts";
import type { Account, HourlyLimits } from "../../domain/accounts/account.ts";
import { hourWindow, numberBlockOf } from "../../domain/limits/quota.ts";
import type { QuotaStore } from "./quota-store.ts";

export type RecipientLimit = "perRecipient" | "perNumberBlock";

export type RecipientOutcome =
	| { readonly kind: "within" }
	| { readonly kind: "over"; readonly limit: RecipientLimit; readonly max: number; readonly afterMs: number };

export type RecipientDeps = { readonly quotas: QuotaStore; readonly now: Clock };

/** Counters outlive their window because clocks differ, and a deleted counter would start from 0. */
const keepMs = 60 * 60_000;

const ownerOf = {
	perRecipient: (recipient: string) => recipient,
	perNumberBlock: numberBlockOf,
} as const satisfies Record<RecipientLimit, (recipient: string) => string>;

const within: RecipientOutcome = { kind: "within" };

/**
 * Counts messages against an account's limits for each recipient and each block of numbers, against pumped one-time
 * passwords (ADR 0078). Of equal recipients the first ones get what is left.
 * @returns an outcome for each recipient, in their order. What is over counts for nothing.
 */
export async function takeRecipients(
	deps: RecipientDeps,
	{ userName, hourlyLimits }: Account,
	recipients: readonly string[],
): Promise<readonly RecipientOutcome[]> {
	const outcomes: RecipientOutcome[] = recipients.map(() => within);
	for (const limit of Object.keys(ownerOf) as RecipientLimit[]) {
		const max = hourlyLimits[limit];
		if (max === null) continue;
		const left = [...recipients.keys()].filter((index) => outcomes[index]?.kind === "within");
		const groups = Map.groupBy(left, (index) => ownerOf[limit](recipients[index] ?? ""));
		const over: number[] = [];
		await Promise.all(
			[...groups].map(async ([owner, indexes]) => {
				const granted = await takeMost(deps, counterOf(deps, userName, limit, owner), indexes.length, max);
				over.push(...indexes.slice(granted));
			}),
		);
		const afterMs = hourWindow(deps.now()).endsAt - deps.now();
		for (const index of over) outcomes[index] = { kind: "over", limit, max, afterMs };
		if (limit === "perNumberBlock")
			await giveBack(deps, userName, hourlyLimits, "perRecipient", picked(recipients, over));
	}
	return outcomes;
}

/** For messages that were counted and not stored. */
export async function giveBackRecipients(
	deps: RecipientDeps,
	{ userName, hourlyLimits }: Account,
	recipients: readonly string[],
): Promise<void> {
	for (const limit of Object.keys(ownerOf) as RecipientLimit[])
		await giveBack(deps, userName, hourlyLimits, limit, recipients);
}

const picked = (recipients: readonly string[], indexes: readonly number[]) =>
	indexes.map((index) => recipients[index] ?? "");

async function giveBack(
	deps: RecipientDeps,
	userName: string,
	limits: HourlyLimits,
	limit: RecipientLimit,
	recipients: readonly string[],
): Promise<void> {
	const max = limits[limit];
	if (max === null) return;
	await Promise.all(
		[...Map.groupBy(recipients, ownerOf[limit])].map(async ([owner, own]) => {
			const { name, keepUntil } = counterOf(deps, userName, limit, owner);
			await deps.quotas.take(name, -own.length, max, keepUntil);
		}),
	);
}

type Counter = { readonly name: string; readonly keepUntil: number };

function counterOf({ now }: RecipientDeps, userName: string, limit: RecipientLimit, owner: string): Counter {
	const { name, endsAt } = hourWindow(now());
	return { name: `${name}#${limit}#${owner}#${userName}`, keepUntil: endsAt + keepMs };
}

/** Takes as many as are left, in few calls. */
async function takeMost({ quotas }: RecipientDeps, counter: Counter, count: number, max: number): Promise<number> {
	let granted = 0;
	let wanted = Math.min(count, max);
	while (wanted > 0) {
		const isGranted = await quotas.take(counter.name, wanted, max, counter.keepUntil);
		if (isGranted) granted += wanted;
		wanted = isGranted ? Math.min(wanted, count - granted) : Math.floor(wanted / 2);
	}
	return granted;
}
