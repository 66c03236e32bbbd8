import type { Message, MessageChange } from "./message.ts";
import type { MessageStatus } from "./statuses.ts";

/** Which ends of a message its client wants to hear of: by SMPP it says so, by REST it hears of every one. */
export type ReportWish = "always" | "failures" | "never";

/** Whether its client wants to hear that this message has come to this end. Who was told of a failure is told of what replaces it. */
export function isReported({ reported, pack }: Pick<Message, "reported" | "pack">, end: MessageStatus): boolean {
	if (reported !== "failures") return reported === "always";
	return pack !== null || !(end === "DELIVERED" || end === "ACCEPTED");
}

/** What is told of messages that have not ended, and when it was so (A34). */
export type OnWay = { readonly status: "SENT" | "EN_ROUTE"; readonly at: number };

/** Messages of one account that are reported in one POST: their end, what is told of them on the way, or that they came in. */
export type Pack = {
	readonly packId: string;
	readonly userName: string;
	readonly messageIds: readonly number[];
	readonly onWay?: OnWay;
	/** The ids are of messages from subscribers (R40). */
	readonly incoming?: true;
};

/** A pack on its way to its client: how often it was tried before. */
export type QueuedPack = Pack & { readonly tries: number };

/** The most messages in one POST: small enough for any server's limits, large enough that a POST costs little per message. */
export const packSize = 100;

/**
 * Whether a row names the report that this change gave it. The names are random, so the change was made then, whatever was changed
 * since: its answer was lost, and the SDK repeated it.
 */
export function isReportNamed(row: Pick<Message, "pack">, { pack }: MessageChange): boolean {
	return pack !== undefined && pack !== null && row.pack === pack;
}

type Owned = { readonly messageId: number; readonly userName: string };
type Reported = { readonly messageId: number; readonly userName: string | null; readonly pack: string | null };

/**
 * Sorts messages that end, or come in, together into packs, per account.
 * @param newPackId gives a name that no pack has had.
 */
export function intoPacks(messages: readonly Owned[], newPackId: () => string): readonly Pack[] {
	const packs: Pack[] = [];
	for (const [userName, own] of Map.groupBy(messages, (message) => message.userName)) {
		for (let start = 0; start < own.length; start += packSize) {
			const messageIds = own.slice(start, start + packSize).map((message) => message.messageId);
			packs.push({ packId: newPackId(), userName, messageIds });
		}
	}
	return packs;
}

/** The packs that these messages name, each with those of its messages that are here. */
export function packsNamedBy(messages: readonly Reported[]): readonly Pack[] {
	const named = Map.groupBy(messages, (message) => message.pack);
	return [...named].flatMap(([packId, own]) => {
		const userName = own[0]?.userName ?? null;
		return packId === null || userName === null
			? []
			: [{ packId, userName, messageIds: own.map((message) => message.messageId) }];
	});
}

/** The packs that tell of these messages, which are under way, to those clients that want to hear of it. */
export function packsOnWay(messages: readonly Message[], newPackId: () => string): readonly Pack[] {
	const told = messages.filter(({ toldOnWay }) => toldOnWay);
	return (["SENT", "EN_ROUTE"] as const).flatMap((status) => {
		const own = told.filter((message) => message.status === status);
		const at = Math.max(...own.map(({ statusAt }) => statusAt));
		return intoPacks(own, newPackId).map((pack) => ({ ...pack, onWay: { status, at } }));
	});
}
