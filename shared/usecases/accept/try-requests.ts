import type { Clock } from "../../clock.ts";
import { type BatchRequest, isRefused } from "../../domain/accept/batch.ts";
import type { MessageRequest } from "../../domain/accept/message-request.ts";
import type { Account } from "../../domain/accounts/account.ts";
import type { Message } from "../../domain/message/message.ts";
import { batchIdOf } from "../../domain/message/message-id.ts";
import { Refusal } from "../../domain/message/refusal.ts";
import { findMetMessages } from "../message/find-client-messages.ts";
import type { MessageStore } from "../message/message-store.ts";
import { duplicateAt, firstRefusal } from "./accept-fail-fast.ts";
import { duplicateOf, refusedOutcome } from "./accept-messages.ts";
import { duplicate, withoutDuplicates } from "./accept-tolerant.ts";
import type { BatchStore } from "./batch-store.ts";
import { type Draft, draftMessages, type RoutingDeps, sendableDrafts } from "./draft-messages.ts";

/** A request is tried without effect: nothing is stored, sent or counted, and limits of messages are not checked (A52). */
export type TryDeps = RoutingDeps & {
	readonly messages: Pick<MessageStore, "read">;
	readonly batches: Pick<BatchStore, "find">;
	readonly retentionMs: number;
	readonly now: Clock;
};

export type TriedMessage = { readonly kind: "accepted"; readonly row: Message } | ReturnType<typeof refusedOutcome>;

export async function tryMessage(deps: TryDeps, account: Account, request: MessageRequest): Promise<TriedMessage> {
	const [[draft], known] = await Promise.all([
		draftsOf(deps, account, [request]),
		knownOf(deps, account, [request.clientMessageId]),
	]);
	const row = known.get(request.clientMessageId);
	if (draft === undefined) throw new Error("a request has no draft");
	if (draft instanceof Refusal) return refusedOutcome(deps, request, draft, known);
	return row === undefined ? { kind: "accepted", row: draft } : duplicateOf(deps, row, request);
}

export type TriedBatch =
	/** By an equal request before. */
	| { readonly kind: "replayed"; readonly batchId: number }
	| { readonly kind: "refused"; readonly refusal: Refusal }
	/** By the index of each message: its row, or why it would end at once. */
	| { readonly kind: "accepted"; readonly drafts: readonly Draft[] };

export async function tryBatch(deps: TryDeps, account: Account, request: BatchRequest): Promise<TriedBatch> {
	const { userName } = account;
	const clientIds = request.items.map(({ clientMessageId }) => clientMessageId);
	const batchId = batchIdOf(deps.idKey, userName, clientIds, request.body);
	if ((await deps.batches.find(batchId))?.state === "committed") return { kind: "replayed", batchId };
	const requests = request.failFast
		? request.items.map((item) => (isRefused(item) ? item.refusal : item))
		: withoutDuplicates(request.items);
	const drafts = await draftsOf(deps, account, requests);
	const ids = sendableDrafts(drafts).flatMap(({ clientMessageId }) => clientMessageId ?? []);
	const known = await knownOf(deps, account, ids);
	const isKnown = (draft: Draft) => !(draft instanceof Refusal) && known.has(draft.clientMessageId ?? "");
	if (!request.failFast)
		return { kind: "accepted", drafts: drafts.map((draft) => (isKnown(draft) ? duplicate() : draft)) };
	const used = drafts.findIndex(isKnown);
	const refusal = firstRefusal(drafts) ?? (used < 0 ? null : duplicateAt(used));
	return refusal === null ? { kind: "accepted", drafts } : { kind: "refused", refusal };
}

async function draftsOf(deps: TryDeps, account: Account, requests: readonly (MessageRequest | Refusal)[]) {
	const context = { now: deps.now(), attempt: "tried", batchId: null, retentionMs: deps.retentionMs };
	return await draftMessages(deps, account, requests, context);
}

/** Without messages of batches that are not committed: these are promised to no client. */
async function knownOf(deps: TryDeps, { userName }: Account, clientMessageIds: readonly string[]) {
	const rows = await findMetMessages(deps.messages, deps.idKey, userName, clientMessageIds);
	const isOpen = ({ isFailFast, revision }: Message) => isFailFast && revision === 0;
	const open = new Set([...rows.values()].filter(isOpen).map(({ batchId }) => batchId ?? 0));
	const batches = await Promise.all([...open].map(async (id) => [id, (await deps.batches.find(id))?.state] as const));
	const states = new Map(batches);
	return new Map([...rows].filter(([, row]) => !isOpen(row) || states.get(row.batchId ?? 0) === "committed"));
}
