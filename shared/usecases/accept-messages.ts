import type { Account } from "../domain/account.ts";
import type { Message } from "../domain/message.ts";
import type { MessageRequest } from "../domain/message-request.ts";
import { Refusal } from "../domain/refusal.ts";
import { isSameRequest } from "../domain/same-request.ts";
import type { Clock } from "../ports.ts";
import { type DispatchDeps, dispatchMessages } from "./dispatch-messages.ts";
import { draftMessages, type Routing } from "./draft-messages.ts";
import { findClientMessages } from "./find-client-messages.ts";
import { deadAfterMs, type Inserting, insertMessages, type Placed } from "./insert-messages.ts";

export type Acceptance = DispatchDeps &
	Inserting &
	Routing & {
		readonly now: Clock;
		readonly retentionMs: number;
		/** A name that no request has had. */
		readonly newAttempt: () => string;
	};

export type AcceptOutcome =
	| { readonly kind: "accepted"; readonly messageId: number }
	/** This client_message_id was used before (code 23); `same` where all that was asked for is the same too (A28). */
	| { readonly kind: "duplicate"; readonly messageId: number; readonly same: boolean }
	| { readonly kind: "refused"; readonly refusal: Refusal };

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
	const drafting = { now, attempt: gateway.newAttempt(), batchId: null, retentionMs: gateway.retentionMs };
	const drafts = await draftMessages(gateway, account, requests, drafting);
	const sound = drafts.filter((draft): draft is Message => !(draft instanceof Refusal));
	const refused = requests.filter((_, index) => drafts[index] instanceof Refusal);
	const [placed, known] = await Promise.all([insertMessages(gateway, sound), knownBefore(gateway, account, refused)]);
	/* An account that is answered 201 again is promised it again, however young the first try is: perhaps that one died. */
	const deadAfter = account.duplicates === "replay" ? 0 : deadAfterMs;
	await dispatchOrTakeBack(gateway, [...placed, ...known.values()], now, deadAfter);
	const places = new Map<unknown, Placed | undefined>([
		...known,
		...sound.map((draft, index) => [draft, placed[index]] as const),
	]);
	return drafts.map((draft, index) => outcomeOf(requests[index], draft, places));
}

/**
 * Those of the refused whose client_message_id was used before: they are duplicates whatever else is wrong with them by now, for a retry may
 * come when its schedule has passed or its number was blocked (A28).
 */
async function knownBefore(
	{ messages, idKey }: Acceptance,
	{ userName }: Account,
	refused: readonly MessageRequest[],
): Promise<ReadonlyMap<MessageRequest, Placed>> {
	const ids = refused.map(({ clientMessageId }) => clientMessageId);
	const rows = await findClientMessages(messages, idKey, userName, ids);
	return new Map(
		refused.flatMap((request) => {
			const row = rows.get(request.clientMessageId);
			return row === undefined ? [] : [[request, { kind: "duplicate", row }] as const];
		}),
	);
}

function outcomeOf(
	request: MessageRequest | undefined,
	draft: Message | Refusal,
	places: ReadonlyMap<unknown, Placed | undefined>,
): AcceptOutcome {
	const place = places.get(draft instanceof Refusal ? request : draft);
	if (place === undefined && draft instanceof Refusal) return { kind: "refused", refusal: draft };
	if (place === undefined || request === undefined) throw new Error("an outcome is missing");
	const { messageId } = place.row;
	if (place.kind === "inserted") return { kind: "accepted", messageId };
	return { kind: "duplicate", messageId, same: isSameRequest(place.row, request) };
}

/** Where the dispatch fails, nobody is promised anything: the rows go too, so that the client's retry is a first try again. */
async function dispatchOrTakeBack(
	gateway: Acceptance,
	placed: readonly Placed[],
	now: number,
	deadAfter: number,
): Promise<void> {
	const rows = (kept: readonly Placed[]) => kept.map(({ row }) => row);
	const inserted = placed.filter(({ kind }) => kind === "inserted");
	const forgotten = placed.filter(({ kind, row }) => kind === "duplicate" && isForgotten(row, now - deadAfter));
	try {
		await dispatchMessages(gateway, rows([...inserted, ...forgotten]), now);
	} catch (error) {
		await gateway.messages.takeBack(rows(inserted));
		throw error;
	}
}

/** Stored, but perhaps never dispatched: to do that a second time does no harm. */
function isForgotten(row: Message, before: number): boolean {
	return row.status === "NEW" && row.acceptedAt < before;
}
