import { UnreadableRows } from "../domain/faults.ts";
import type { IncomingMessage } from "../domain/incoming-message.ts";
import { keptUntil } from "../domain/lifetimes.ts";
import type { JoinedMessage } from "../domain/mo-drafts.ts";
import { intoPacks, type Pack, packsNamedBy } from "../domain/packs.ts";
import { ownerOf } from "../domain/short-codes.ts";
import type { Clock, IncomingQueue, IncomingStore, Log, PackStore, ReportQueue, ShortCodeStore } from "../ports.ts";
import { unconfirmed } from "./change-messages.ts";

export type IncomingReporting = {
	readonly incoming: IncomingStore;
	readonly shortCodes: Pick<ShortCodeStore, "find">;
	readonly packs: Pick<PackStore, "confirmed">;
	readonly reports: ReportQueue;
	/** Where the messages rest that are nobody's. */
	readonly unrouted: IncomingQueue;
	/** A name that no pack has had. */
	readonly newPackId: () => string;
	readonly now: Clock;
	readonly retentionMs: number;
	readonly log: Log;
};

/**
 * Writes messages down and has them reported to those whose they are (A48). When this returns, each has a pack in the reports queue, or
 * its client's confirmation, or rests among the dead letters.
 * @param fresh nobody had them before.
 * @param again somebody perhaps had, and died at any step of this; or they were nobody's. Their rows tell.
 * @throws UnreadableRows once all others are done, where the row of one of these cannot be read.
 */
export async function reportIncoming(
	reporting: IncomingReporting,
	fresh: readonly JoinedMessage[],
	again: readonly JoinedMessage[],
): Promise<void> {
	const { rows, unreadable } = await reporting.incoming.readEach(again.map(({ messageId }) => messageId));
	const known = [...rows.values()].filter(({ pack }) => pack !== null);
	const owed = await unconfirmed(reporting.packs, known);
	const isUnwritten = (messageId: number) => !(unreadable.has(messageId) || rows.get(messageId)?.pack);
	const unwritten = [...fresh, ...again.filter(({ messageId }) => isUnwritten(messageId))];
	const messages = await withOwners(reporting, unwritten);
	await reporting.incoming.put(messages);
	tell(reporting.log, messages);
	const packs = packsNamedBy([...messages, ...owed]);
	await reporting.reports.send(packs.map((pack): Pack => ({ ...pack, incoming: true })));
	await layAside(
		reporting,
		messages.filter(({ userName }) => userName === null),
	);
	if (unreadable.size > 0) throw new UnreadableRows("messages of subscribers", unreadable);
}

async function withOwners(
	{ shortCodes, newPackId, now, retentionMs }: IncomingReporting,
	messages: readonly JoinedMessage[],
): Promise<readonly IncomingMessage[]> {
	const codes = [...new Set(messages.map(({ recipient }) => recipient))];
	const entries = new Map(await Promise.all(codes.map(async (code) => [code, await shortCodes.find(code)] as const)));
	const at = now();
	const keepUntil = keptUntil({ now: at, retentionMs }, at);
	const owned = messages.map((message) => {
		const userName = ownerOf(entries.get(message.recipient) ?? [], message.text);
		return { ...message, userName, pack: null, keepUntil };
	});
	const packs = intoPacks(
		owned.flatMap(({ messageId, userName }) => (userName === null ? [] : [{ messageId, userName }])),
		newPackId,
	);
	const packOf = new Map(packs.flatMap(({ packId, messageIds }) => messageIds.map((id) => [id, packId] as const)));
	return owned.map((message) => ({ ...message, pack: packOf.get(message.messageId) ?? null }));
}

function tell(log: Log, messages: readonly IncomingMessage[]): void {
	for (const [{ operator, recipient }, ids] of byAddress(messages)) {
		log.info("mo.received", { operator, recipient, messages: ids.length, message_ids: ids });
	}
}

async function layAside({ unrouted, log }: IncomingReporting, messages: readonly IncomingMessage[]): Promise<void> {
	for (const [{ operator, recipient }, ids] of byAddress(messages)) {
		log.warn("mo.unrouted", { operator, recipient, messages: ids.length, message_ids: ids });
		await unrouted.send([{ kind: "unrouted", messageIds: ids }]);
	}
}

function byAddress(messages: readonly IncomingMessage[]) {
	const groups = Map.groupBy(messages, ({ operator, recipient }) => `${operator} ${recipient}`);
	return [...groups.values()].flatMap(([first, ...others]) =>
		first === undefined ? [] : [[first, [first, ...others].map(({ messageId }) => messageId)] as const],
	);
}
