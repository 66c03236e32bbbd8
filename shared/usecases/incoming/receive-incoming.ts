import { UnreadableRows } from "../../domain/faults.ts";
import type { IncomingEntry } from "../../domain/incoming/incoming-entry.ts";
import { type MoPart, type PartGroup, partGroupKey } from "../../domain/incoming/mo-part.ts";
import { type JoinedMessage, joinedMessage } from "../../domain/incoming/mo-reassembly.ts";
import { type ArrivedParts, type JoinPartsDeps, joinParts } from "./join-parts.ts";
import { type ReportIncomingDeps, reportIncoming } from "./report-incoming.ts";

export type IncomingDeps = JoinPartsDeps & ReportIncomingDeps;

/**
 * Handles entries of the incoming queue: reports messages of one part, and keeps parts of others until all are there.
 * When this returns, all entries are done; if it throws, all may be repeated.
 * @throws UnreadableRows once all others are done, if rows cannot be read.
 */
export async function receiveIncoming(deps: IncomingDeps, entries: readonly IncomingEntry[]): Promise<void> {
	const alone = entries.flatMap((entry) => (entry.kind === "parts" ? messagesIn(entry) : []));
	const { fresh, again, unreadable } = await joinParts(deps, arrivedPartsOf(entries));
	const unrouted = entries.flatMap((entry) => (entry.kind === "unrouted" ? entry.messageIds : []));
	const redriven = await deps.incoming.readEach([...new Set(unrouted)]);
	/* `alone` counts as `again`: the SMSC may deliver a message twice, and its row shows whether it was reported. */
	await reportIncoming(deps, distinct(fresh), distinct([...again, ...alone, ...redriven.rows.values()]));
	const left = [...redriven.unreadable, ...unreadable.map(partGroupKey)];
	if (left.length > 0) throw new UnreadableRows("messages of subscribers", left);
}

function messagesIn({ parts }: Extract<IncomingEntry, { kind: "parts" }>): readonly JoinedMessage[] {
	return parts.filter(({ place }) => place === null).map((part) => joinedMessage(part.partId, [part]));
}

function distinct(messages: readonly JoinedMessage[]): readonly JoinedMessage[] {
	return [...new Map(messages.map((message) => [message.messageId, message])).values()];
}

function arrivedPartsOf(entries: readonly IncomingEntry[]): readonly ArrivedParts[] {
	const arrived = new Map<string, ArrivedParts>();
	const add = (of: PartGroup, parts: readonly MoPart[], overdue: boolean) => {
		const key = partGroupKey(of);
		const known = arrived.get(key) ?? { of, parts: [], overdue: false };
		arrived.set(key, { of, parts: [...known.parts, ...parts], overdue: known.overdue || overdue });
	};
	for (const entry of entries) {
		if (entry.kind === "overdue") add(entry.of, [], true);
		for (const part of entry.kind === "parts" ? entry.parts : []) {
			const { operator, sender, recipient, place } = part;
			if (place) add({ operator, sender, recipient, reference: place.reference, total: place.total }, [part], false);
		}
	}
	return [...arrived.values()];
}
