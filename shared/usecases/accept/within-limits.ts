import type { Account } from "../../domain/accounts/account.ts";
import { OverLimitRefusal } from "../../domain/limits/over-limit.ts";
import { Refusal } from "../../domain/message/refusal.ts";
import type { AccountLimits } from "../limits/limit-account.ts";
import type { Draft } from "./draft-messages.ts";

export type WithinLimitsDeps = { readonly limits: Pick<AccountLimits, "takeMessages"> };

export type DraftsToLimit = {
	readonly drafts: readonly Draft[];
	/** Reads which of these client_message_ids were accepted before. Only called if a limit is reached. */
	readonly findKnown: (clientMessageIds: readonly string[]) => Promise<Pick<ReadonlySet<string>, "has" | "size">>;
};

/**
 * Stores drafts within the account's limits (ADR 0078). A draft over a limit becomes an OverLimitRefusal. Refused drafts
 * and messages that were accepted before do not count: a retry is never over a limit (A28).
 * @param isStored whether `store` newly stored the draft with this index. Otherwise it is given back.
 */
export async function withinLimits<Result>(
	deps: WithinLimitsDeps,
	account: Account,
	toLimit: DraftsToLimit,
	store: (drafts: readonly Draft[]) => Promise<Result>,
	isStored: (result: Result, index: number) => boolean,
): Promise<Result> {
	const counted = await countNew(deps, account, toLimit);
	let stored = (_: number) => false;
	try {
		const result = await store(counted.drafts);
		stored = (index) => isStored(result, index);
		return result;
	} finally {
		await counted.giveBack((index) => !stored(index));
	}
}

type Counted = {
	readonly drafts: readonly Draft[];
	readonly isAnyOver: boolean;
	giveBack(isGivenBack: (index: number) => boolean): Promise<void>;
};

async function countNew({ limits }: WithinLimitsDeps, account: Account, { drafts, findKnown }: DraftsToLimit) {
	const none: Pick<ReadonlySet<string>, "has" | "size"> = new Set<string>();
	const counted = await countDrafts(limits, account, drafts, none);
	if (!counted.isAnyOver) return counted;
	let known = none;
	try {
		known = await findKnown(drafts.flatMap((draft) => clientMessageIdOf(draft) ?? []));
	} catch (error) {
		await counted.giveBack(() => true);
		throw error;
	}
	if (known.size === 0) return counted;
	await counted.giveBack(() => true);
	return await countDrafts(limits, account, drafts, known);
}

const clientMessageIdOf = (draft: Draft) => (draft instanceof Refusal ? null : draft.clientMessageId);

async function countDrafts(
	limits: WithinLimitsDeps["limits"],
	account: Account,
	drafts: readonly Draft[],
	known: Pick<ReadonlySet<string>, "has">,
): Promise<Counted> {
	const sendable = [...drafts.entries()].flatMap(([index, draft]) =>
		draft instanceof Refusal || known.has(draft.clientMessageId ?? "") ? [] : [{ index, recipient: draft.recipient }],
	);
	const taken = await limits.takeMessages(
		account,
		sendable.map(({ recipient }) => recipient),
	);
	const refusalOf = (place: number): Refusal | null => {
		if (taken.kind === "over") return new OverLimitRefusal(taken, null);
		const over = taken.overRecipients.get(place);
		return over === undefined ? null : new OverLimitRefusal(over, "recipient");
	};
	const refusals = new Map(sendable.map(({ index }, place) => [index, refusalOf(place)]));
	return {
		drafts: drafts.map((draft, index) => refusals.get(index) ?? draft),
		isAnyOver: [...refusals.values()].some((refusal) => refusal !== null),
		async giveBack(isGivenBack) {
			if (taken.kind === "over") return;
			await taken.giveBack([...sendable.keys()].filter((place) => isGivenBack(sendable[place]?.index ?? -1)));
		},
	};
}
