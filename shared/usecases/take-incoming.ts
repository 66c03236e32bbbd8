import { UnreadableRows } from "../domain/faults.ts";
import type { IncomingEntry } from "../domain/incoming-entry.ts";
import { type JoinedMessage, joined } from "../domain/mo-drafts.ts";
import { type MoPart, type PartsOf, partsKey } from "../domain/mo-part.ts";
import { type Joining, joinParts, type PartsNews } from "./join-parts.ts";
import { type IncomingReporting, reportIncoming } from "./report-incoming.ts";

export type IncomingDeps = Joining & IncomingReporting;

/**
 * Works off entries of the incoming queue: messages of one part are reported, parts of others are kept until all are there. Several entries
 * are one piece of work: either all of it is done when this returns, or it throws, and all may be done again. Where rows cannot be read it throws
 * once all others are done.
 */
export async function takeIncoming(deps: IncomingDeps, entries: readonly IncomingEntry[]): Promise<void> {
	const alone = entries.flatMap((entry) => (entry.kind === "parts" ? messagesIn(entry) : []));
	const { fresh, again, unreadable } = await joinParts(deps, newsOf(entries));
	const unrouted = entries.flatMap((entry) => (entry.kind === "unrouted" ? entry.messageIds : []));
	const resting = await deps.incoming.readEach([...new Set(unrouted)]);
	/* Whether somebody had one of them before, its row tells: its SMSC may have offered it twice, in two entries. */
	await reportIncoming(deps, distinct(fresh), distinct([...again, ...alone, ...resting.rows.values()]));
	const left = [...resting.unreadable, ...unreadable.map(partsKey)];
	if (left.length > 0) throw new UnreadableRows("messages of subscribers", left);
}

function messagesIn({ parts }: Extract<IncomingEntry, { kind: "parts" }>): readonly JoinedMessage[] {
	return parts.filter(({ place }) => place === null).map((part) => joined(part.partId, [part]));
}

function distinct(messages: readonly JoinedMessage[]): readonly JoinedMessage[] {
	return [...new Map(messages.map((message) => [message.messageId, message])).values()];
}

/** What came for each row, whatever entries it came in. */
function newsOf(entries: readonly IncomingEntry[]): readonly PartsNews[] {
	const news = new Map<string, PartsNews>();
	const add = (of: PartsOf, parts: readonly MoPart[], overdue: boolean) => {
		const key = partsKey(of);
		const known = news.get(key) ?? { of, parts: [], overdue: false };
		news.set(key, { of, parts: [...known.parts, ...parts], overdue: known.overdue || overdue });
	};
	for (const entry of entries) {
		if (entry.kind === "overdue") add(entry.of, [], true);
		for (const part of entry.kind === "parts" ? entry.parts : []) {
			const { operator, sender, recipient, place } = part;
			if (place) add({ operator, sender, recipient, reference: place.reference, total: place.total }, [part], false);
		}
	}
	return [...news.values()];
}
