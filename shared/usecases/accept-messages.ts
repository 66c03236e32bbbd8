import type { Account } from "../domain/account.ts";
import { departure } from "../domain/departure.ts";
import type { Message } from "../domain/message.ts";
import { idSeriesLength, messageIdOf } from "../domain/message-id.ts";
import type { MessageRequest } from "../domain/message-request.ts";
import { newMessage } from "../domain/new-message.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Clock, InsertOutcome, MessageStore } from "../ports.ts";
import { type DispatchDeps, dispatchMessages } from "./dispatch-messages.ts";

export type Acceptance = DispatchDeps & {
	readonly messages: Pick<MessageStore, "insert">;
	readonly now: Clock;
	/** Key of the hash that makes message ids. */
	readonly idKey: string;
	readonly retentionMs: number;
	/** A name that no request has had. */
	readonly newAttempt: () => string;
};

export type AcceptOutcome =
	| { readonly kind: "accepted"; readonly messageId: number }
	/** This client_message_id was used before (code 23). */
	| { readonly kind: "duplicate"; readonly messageId: number }
	| { readonly kind: "refused"; readonly refusal: Refusal };

/** From this age on, whoever inserted a message is certainly no longer about to dispatch it. */
const deadAfterMs = 60_000;

/**
 * Takes messages in: each that may be sent is stored first, then dispatched to its lane or slot; only then is it accepted.
 * Outcomes are in the order of the requests, whose client_message_ids must differ. A request that comes again is a duplicate;
 * if the first try died between the two steps, its message is dispatched now.
 */
export async function acceptMessages(
	gateway: Acceptance,
	account: Account,
	requests: readonly MessageRequest[],
): Promise<readonly AcceptOutcome[]> {
	const now = gateway.now();
	const attempt = gateway.newAttempt();
	const drafts = requests.map((request) => {
		const birth = { now, attempt, messageId: 0, batchId: null, retentionMs: gateway.retentionMs };
		return valueOrRefusal(() => newMessage(account, request, birth));
	});
	const sound = drafts.filter((draft): draft is Message => !(draft instanceof Refusal));
	const placed = await insertAll(gateway, sound);
	const forgotten = placed.filter(({ kind, row }) => kind === "duplicate" && isForgotten(row, now));
	const inserted = placed.filter(({ kind }) => kind === "accepted");
	await dispatchMessages(
		gateway,
		[...inserted, ...forgotten].map(({ row }) => row),
		now,
	);
	const outcomes = new Map(sound.map((draft, index) => [draft, placed[index]]));
	return drafts.map((draft): AcceptOutcome => {
		if (draft instanceof Refusal) return { kind: "refused", refusal: draft };
		const place = outcomes.get(draft) ?? lost();
		return { kind: place.kind, messageId: place.row.messageId };
	});
}

type Placed = { readonly kind: "accepted" | "duplicate"; readonly row: Message };

/** Inserts each under the first id of its series that no other client's message holds. */
async function insertAll(gateway: Acceptance, drafts: readonly Message[], place = 0): Promise<readonly Placed[]> {
	if (drafts.length === 0) return [];
	if (place === idSeriesLength) throw new Error(`no id is free for ${drafts.length} messages`);
	const rows = drafts.map((draft) => ({ ...draft, messageId: idOf(gateway, draft, place) }));
	const outcomes = await gateway.messages.insert(rows);
	const placed = rows.map((row, index) => placedAs(row, outcomes[index] ?? lost()));
	const collided = drafts.filter((_, index) => placed[index] === null);
	const moved = [...(await insertAll(gateway, collided, place + 1))];
	return placed.map((one) => one ?? moved.shift() ?? lost());
}

/** Null where another client_message_id has the same hash. */
function placedAs(row: Message, outcome: InsertOutcome): Placed | null {
	if (outcome.kind === "inserted") return { kind: "accepted", row };
	return isSame(outcome.by, row) ? { kind: "duplicate", row: outcome.by } : null;
}

function idOf({ idKey }: Acceptance, { userName, clientMessageId }: Message, place: number): number {
	return messageIdOf(idKey, userName, clientMessageId ?? lost(), place);
}

function isSame(row: Message, draft: Message): boolean {
	return row.userName === draft.userName && row.clientMessageId === draft.clientMessageId;
}

/** Stored, but perhaps never dispatched. A message that is parked was: its slot will come. */
function isForgotten(row: Message, now: number): boolean {
	const parked = departure(row, now).kind === "slot";
	return row.status === "NEW" && !parked && now - row.acceptedAt > deadAfterMs;
}

function valueOrRefusal<Value>(make: () => Value): Value | Refusal {
	try {
		return make();
	} catch (error) {
		if (error instanceof Refusal) return error;
		throw error;
	}
}

function lost(): never {
	throw new Error("an outcome is missing");
}
