import type { Message, MessageChange } from "./message.ts";
import { isFinal, type MessageStatus } from "./statuses.ts";

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

const reportFields = ["pack", "sentReport", "enRouteReport"] as const;

/** Where a message names the pack of each of its reports. */
export type ReportField = (typeof reportFields)[number];

/** Where a message names the pack that tells its client of this status; null: its client does not want to hear of it. */
export function reportField(message: Message, status: MessageStatus): ReportField | null {
	if (isFinal(status)) return isReported(message, status) ? "pack" : null;
	if (!message.toldOnWay || status === "NEW") return null;
	return status === "SENT" ? "sentReport" : "enRouteReport";
}

/**
 * Whether a row names the report that this change gave it. The names are random, so the change was made then, whatever was changed
 * since: its answer was lost, and the SDK repeated it.
 */
export function isReportNamed(row: Pick<Message, ReportField>, change: MessageChange): boolean {
	return reportFields.some((field) => typeof change[field] === "string" && row[field] === change[field]);
}

type Owned = { readonly messageId: number; readonly userName: string };

/** What one message is reported by: the name of its pack, null where it has none, and what that tells where it is not its end. */
export type Report = {
	readonly messageId: number;
	readonly userName: string | null;
	readonly pack: string | null;
	readonly onWay?: OnWay;
};

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

/** The reports of a message, by its row: of its end where it has one, else of its way as far as it came (A34). */
export function reportsOf(message: Message): readonly Report[] {
	const { messageId, userName, status, statusAt, confirmedAt, pack, sentReport, enRouteReport } = message;
	if (isFinal(status)) return [{ messageId, userName, pack }];
	return [
		{ messageId, userName, pack: sentReport, onWay: { status: "SENT", at: confirmedAt ?? statusAt } },
		{ messageId, userName, pack: enRouteReport, onWay: { status: "EN_ROUTE", at: statusAt } },
	];
}

/** Those that this very change gave it a pack for. A segment of a message that had ended before may still change: that is no news. */
export function reportsNamedIn(change: MessageChange, row: Message): readonly Report[] {
	return reportsOf(row).filter(({ pack }) => pack !== null && reportFields.some((field) => change[field] === pack));
}

/** The packs that these reports name, each with those of its messages that are here. */
export function packsNamedBy(reports: readonly Report[]): readonly Pack[] {
	const named = Map.groupBy(reports, (report) => report.pack);
	return [...named].flatMap(([packId, own]) => {
		const { userName = null, onWay } = own[0] ?? {};
		if (packId === null || userName === null) return [];
		const at = Math.max(...own.map((report) => report.onWay?.at ?? 0));
		const messageIds = own.map((report) => report.messageId);
		return [{ packId, userName, messageIds, ...(onWay && { onWay: { ...onWay, at } }) }];
	});
}
