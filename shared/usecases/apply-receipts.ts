import { UnreadableRows } from "../domain/faults.ts";
import type { Message, MessageChange } from "../domain/message.ts";
import { mayBeUnrecorded, type News, received } from "../domain/message-life.ts";
import type { Operator } from "../domain/operators.ts";
import { newsOf, type Receipt } from "../domain/receipt.ts";
import { waitsSeconds } from "../domain/receipt-looks.ts";
import { plainReason, type SmscErrorsByOperator } from "../domain/smsc-errors.ts";
import { isFinal } from "../domain/statuses.ts";
import type { Log, PackStore, ReceiptPack, ReceiptQueue, SubmissionStore, SubmittedSegment } from "../ports.ts";
import { type ChangeDeps, changeMessages, lostOf, queueUnconfirmed } from "./change-messages.ts";
import { type Finding, findSubmissions } from "./find-submissions.ts";
import { type FindingUnanswered, findUnanswered } from "./find-unanswered.ts";

export type ReceiptDeps = ChangeDeps &
	Finding &
	FindingUnanswered & {
		readonly submissions: Pick<SubmissionStore, "find" | "findUnanswered">;
		readonly packs: Pick<PackStore, "confirmed">;
		readonly receipts: ReceiptQueue;
		/** Where receipts rest that no submission was found for. */
		readonly orphans: ReceiptQueue;
		/** How the SMSCs number what went wrong, where that is not as in the dictionary. */
		readonly smscErrors?: SmscErrorsByOperator;
	};

/**
 * What receipts say, written to their messages; those that end by it are reported. A receipt that came before its submission
 * was recorded, or whose message cannot be read now, is looked at again later, and after the last look is laid aside for a person. Several packs are one piece of work:
 * either all of it is done when this returns, or it throws, and all may be done again.
 */
export async function applyReceipts(deps: ReceiptDeps, packs: readonly ReceiptPack[]): Promise<void> {
	const submitted = await findSubmissions(deps, packs);
	const segments = new Map([...submitted, ...(await findUnanswered(deps, packs, submitted))]);
	const ids = new Set([...segments.values()].map(({ messageId }) => messageId));
	const { rows: messages, unreadable } = await deps.messages.readEach([...ids]);
	const news = new Map<number, SegmentNews[]>();
	for (const pack of packs) {
		const { operator } = pack;
		const early: Receipt[] = [];
		for (const receipt of pack.receipts) {
			const segment = segments.get(receipt);
			const isUnreadable = segment !== undefined && unreadable.has(segment.messageId);
			if (segment === undefined || isUnreadable || isEarly(messages.get(segment.messageId), segment))
				early.push(receipt);
			else {
				const one = { segment, receipt, operator, news: newsOf(receipt, deps.smscErrors?.[operator]) };
				news.set(segment.messageId, [...(news.get(segment.messageId) ?? []), one]);
			}
		}
		if (early.length > 0) await lookAgain(deps, { ...pack, receipts: early });
	}
	const known = [...messages.values()].filter(({ messageId }) => news.has(messageId));
	const changed = await changeMessages(deps, known, (message) => foldNews(message, news.get(message.messageId) ?? []));
	tellUnknown(deps.log, [...news.values()].flat());
	await resendFor(deps, packs, segments, new Map([...messages, ...changed]));
	const lost = lostOf(known, changed);
	if (lost.size > 0) throw new UnreadableRows("messages", lost);
}

type SegmentNews = {
	readonly segment: SubmittedSegment;
	readonly receipt: Receipt;
	readonly operator: Operator;
	readonly news: News;
};

const toldMax = 20;
const reasonMax = 32;

/** Whether its reason is one: not left out, not "no error", and not the unknown error itself. */
const saysMore = ({ reason }: Receipt) => !["", "0", "255"].includes(plainReason(reason));

/** Keeps the reasons that the dictionary has no code for, as the SMSC wrote them: one line, however many they are. */
function tellUnknown(log: Log, all: readonly SegmentNews[]): void {
	const unknown = all.filter(({ news, receipt }) => news.errorCode === "255" && saysMore(receipt));
	if (unknown.length === 0) return;
	const told = unknown.slice(0, toldMax).map(({ segment, receipt, operator }) => {
		return { message_id: segment.messageId, operator, err: receipt.reason.slice(0, reasonMax) };
	});
	log.info("receipts.unknown_error", { receipts: unknown.length, told });
}

/** Its submission is known, but not yet recorded in the message itself. */
function isEarly(message: Message | undefined, { segmentIndex }: SubmittedSegment): boolean {
	if (message === undefined || isFinal(message.status) || mayBeUnrecorded(message)) return false;
	return message.segments[segmentIndex] === undefined;
}

/** All that is new of one message, in one change: the same row may be written only once a call. */
function foldNews(message: Message, all: readonly SegmentNews[]): MessageChange | null {
	let row = message;
	let whole: MessageChange | null = null;
	for (const { segment, news } of all) {
		const change: MessageChange | null = received(row, segment.segmentIndex, news, segment.parts);
		if (change === null) continue;
		row = { ...row, ...change };
		whole = whole === null ? change : { ...(whole as MessageChange), ...change };
	}
	return whole;
}

async function lookAgain({ receipts, orphans, log }: ReceiptDeps, pack: ReceiptPack): Promise<void> {
	const { operator, looks } = pack;
	const wait = waitsSeconds[looks];
	if (wait !== undefined) return await receipts.send([{ ...pack, looks: looks + 1 }], wait);
	log.warn("receipt.orphaned", {
		operator,
		receipts: pack.receipts.length,
		smsc_ids: pack.receipts.map(({ smscId }) => smscId),
	});
	await orphans.send([pack]);
}

/** The process that received these before may have died between a message's end and its report, even while this one was at it. */
async function resendFor(
	deps: ReceiptDeps,
	packs: readonly ReceiptPack[],
	segments: ReadonlyMap<Receipt, SubmittedSegment>,
	known: ReadonlyMap<number, Message>,
): Promise<void> {
	const again = packs.filter(({ redelivered }) => redelivered);
	const ids = again.flatMap(({ receipts }) => receipts.map((receipt) => segments.get(receipt)?.messageId));
	const messages = [...new Set(ids)].map((id) => (id === undefined ? undefined : known.get(id)));
	await queueUnconfirmed(
		deps,
		messages.filter((message) => message !== undefined),
	);
}
