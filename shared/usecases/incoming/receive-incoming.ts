import { UnreadableRows } from "../../domain/faults.ts";
import type { IncomingEntry } from "../../domain/incoming/incoming-entry.ts";
import { type MoPart, type PartGroup, partGroupKey } from "../../domain/incoming/mo-part.ts";
import { type JoinedMessage, joinedMessage } from "../../domain/incoming/mo-reassembly.ts";
import { type ArrivedParts, type JoinPartsDeps, joinParts } from "./join-parts.ts";
import { type ReportIncomingDeps, reportIncoming } from "./report-incoming.ts";

export type IncomingDeps = JoinPartsDeps & ReportIncomingDeps;

/**
 * Works off entries of the incoming queue: messages of one part are reported, parts of others are kept until all are there. Several entries
 * are one piece of work: either all of it is done when this returns, or it throws, and all may be done again. Where rows cannot be read it throws
 * once all others are done.
 */
export async function receiveIncoming(deps: IncomingDeps, entries: readonly IncomingEntry[]): Promise<void> {
	const alone = entries.flatMap((entry) => (entry.kind === "parts" ? messagesIn(entry) : []));
	const { fresh, again, unreadable } = await joinParts(deps, arrivedPartsOf(entries));
	const unrouted = entries.flatMap((entry) => (entry.kind === "unrouted" ? entry.messageIds : []));
	const resting = await deps.incoming.readEach([...new Set(unrouted)]);
	/* Whether somebody had one of them before, its row tells: its SMSC may have offered it twice, in two entries. */
	await reportIncoming(deps, distinct(fresh), distinct([...again, ...alone, ...resting.rows.values()]));
	const left = [...resting.unreadable, ...unreadable.map(partGroupKey)];
	if (left.length > 0) throw new UnreadableRows("messages of subscribers", left);
}

function messagesIn({ parts }: Extract<IncomingEntry, { kind: "parts" }>): readonly JoinedMessage[] {
	return parts.filter(({ place }) => place === null).map((part) => joinedMessage(part.partId, [part]));
}

function distinct(messages: readonly JoinedMessage[]): readonly JoinedMessage[] {
	return [...new Map(messages.map((message) => [message.messageId, message])).values()];
}

/** What came for each row, whatever entries it came in. */
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
