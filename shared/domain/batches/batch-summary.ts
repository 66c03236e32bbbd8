import type { ErrorCode } from "../message/error-codes.ts";
import type { Message } from "../message/message.ts";
import { isFinal, type MessageStatus, statuses } from "../message/statuses.ts";
import { earliestSendAt } from "../schedule/send-time.ts";
import { type Wait, waitOf } from "../schedule/waits-for.ts";
import { almatyText } from "../time/almaty-time.ts";

/** Totals of a batch, in the form of the API. */
export type BatchSummary = {
	readonly batch_id: number;
	readonly message_count: number;
	readonly segment_count: number;
	readonly statuses: Partial<Record<MessageStatus, number>>;
	readonly error_codes: Partial<Record<ErrorCode, number>>;
	readonly waiting_count: number;
	readonly scheduled_count: number;
	readonly paused_count: number;
	readonly sent_count: number;
	readonly sent_per_second: number;
	readonly estimated_end: string | null;
};

const rateOverMs = 5 * 60_000;

/** @param count the number of its messages, also of those that cannot be read. */
export function batchSummaryView(
	{ batchId, count }: { readonly batchId: number; readonly count: number },
	messages: readonly Message[],
	now: number,
): BatchSummary {
	const waiting = messages.flatMap((message) => waitingFor(message, now) ?? []);
	const of = (why: Waiting["why"]) => waiting.filter((one) => one.why === why).length;
	const perSecond = sentPerSecond(messages, now);
	const endsAt = estimatedEnd(waiting, perSecond, now);
	return {
		batch_id: batchId,
		message_count: count,
		segment_count: messages.reduce((sum, { segmentCount }) => sum + segmentCount, 0),
		statuses: Object.fromEntries(
			statuses.flatMap((status) => {
				const own = messages.filter((message) => message.status === status).length;
				return own === 0 ? [] : [[status, own]];
			}),
		),
		error_codes: errorCodesOf(messages),
		waiting_count: waiting.length,
		scheduled_count: of("time"),
		paused_count: of("paused"),
		sent_count: messages.filter(({ sentAt }) => sentAt !== null).length,
		sent_per_second: Math.round(perSecond * 10) / 10,
		estimated_end: endsAt === null ? null : almatyText(endsAt),
	};
}

function errorCodesOf(messages: readonly Message[]): Partial<Record<ErrorCode, number>> {
	const byCode = Map.groupBy(messages, ({ errorCode }) => errorCode);
	return Object.fromEntries([...byCode].flatMap(([code, own]) => (code === null ? [] : [[code, own.length]])));
}

type Waiting = { readonly why: "turn" | "time" | "paused" | "expiry"; readonly mayGoAt: number };

const whyByWait = {
	lane: "turn",
	schedule: "time",
	time_bounds: "time",
	paused: "paused",
	expiry: "expiry",
	/* Its submits are used up, or it has ended. */
	receipt: null,
	nothing: null,
} as const satisfies Record<Wait["kind"], Waiting["why"] | null>;

/** Null if it waits for no submit. */
function waitingFor(message: Message, now: number): Waiting | null {
	const why = whyByWait[waitOf(message, now).kind];
	return why === null ? null : { why, mayGoAt: earliestSendAt(message, now) };
}

/** Messages a second in the last five minutes, or since the first of those if that is shorter. */
function sentPerSecond(messages: readonly Message[], now: number): number {
	const sent = messages.flatMap(({ sentAt }) => (sentAt !== null && sentAt > now - rateOverMs ? sentAt : []));
	if (sent.length === 0) return 0;
	return sent.length / Math.max(1, (now - Math.min(...sent)) / 1_000);
}

/** Null if nothing will be sent, or if it cannot be told: a message is paused, or none was sent lately. */
function estimatedEnd(all: readonly Waiting[], perSecond: number, now: number): number | null {
	const waiting = all.filter(({ why }) => why !== "expiry");
	if (waiting.length === 0 || waiting.some(({ why }) => why === "paused")) return null;
	const inTurn = waiting.filter(({ why }) => why === "turn").length;
	if (inTurn > 0 && perSecond === 0) return null;
	const turnEndsAt = inTurn === 0 ? now : now + Math.ceil(inTurn / perSecond) * 1_000;
	return Math.max(turnEndsAt, ...waiting.flatMap(({ why, mayGoAt }) => (why === "time" ? mayGoAt : [])));
}

export type BatchWithdrawal = {
	readonly batch_id: number;
	readonly withdrawn: number;
	readonly gone: number;
	readonly ended: number;
};

/** @param count the number of its messages. Those that cannot be read count as gone. */
export function batchWithdrawalView(batchId: number, count: number, messages: readonly Message[]): BatchWithdrawal {
	const withdrawn = messages.filter(isWithdrawnUnsent).length;
	const ended = messages.filter((message) => isFinal(message.status)).length - withdrawn;
	return { batch_id: batchId, withdrawn, gone: count - withdrawn - ended, ended };
}

/** A message may also be DELETED by a receipt. */
export const isWithdrawnUnsent = ({ status, sentAt }: Message) => status === "DELETED" && sentAt === null;
