import type { IncomingEntry } from "../../domain/incoming/incoming-entry.ts";
import type { IncomingMessage } from "../../domain/incoming/incoming-message.ts";
import type { PartsRow } from "../../domain/incoming/mo-reassembly.ts";
import type { IncomingQueue } from "../incoming/incoming-queue.ts";

export type RestoredIncoming =
	| { readonly kind: "message"; readonly message: IncomingMessage }
	| { readonly kind: "parts"; readonly row: PartsRow };

const idsMax = 25;

/**
 * Queues MO messages of a restored table again, so that they are joined, routed and reported as far as they are not. Their
 * consumer finds out from the rows what is left to do. May be repeated.
 * @returns the number of entries.
 */
export async function requeueIncoming(
	queue: IncomingQueue,
	rows: readonly RestoredIncoming[],
	receivedSince: number,
): Promise<number> {
	const messageIds = rows.flatMap((row) =>
		row.kind === "message" && row.message.receivedAt >= receivedSince ? row.message.messageId : [],
	);
	const groups = Array.from({ length: Math.ceil(messageIds.length / idsMax) }, (_, index) =>
		messageIds.slice(index * idsMax, (index + 1) * idsMax),
	);
	const entries: readonly IncomingEntry[] = [
		...groups.map((ids) => ({ kind: "unrouted", messageIds: ids }) as const),
		...rows.flatMap((row) => (row.kind === "parts" ? entriesOf(row.row, receivedSince) : [])),
	];
	await queue.send(entries);
	return entries.length;
}

/** A message whose parts wait is checked again; one that is complete may not be stored yet. */
function entriesOf({ of, partials }: PartsRow, receivedSince: number): readonly IncomingEntry[] {
	const closed = partials.filter((partial) => partial.closed && partial.touchedAt >= receivedSince);
	return [
		...closed.map(({ parts }) => ({ kind: "parts", parts }) as const),
		...(partials.some((partial) => !partial.closed) ? [{ kind: "overdue", of } as const] : []),
	];
}
