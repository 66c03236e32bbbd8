import * as z from "zod";
import type { dryRunBatchView, dryRunMessageView, dryRunReplayView } from "../../domain/accept/dry-run-view.ts";
import type { senderDetails } from "../../domain/accounts/sender-details.ts";
import type { BatchSummary, BatchWithdrawal } from "../../domain/batches/batch-summary.ts";
import { periodKinds } from "../../domain/counts/periods.ts";
import type { statisticsView } from "../../domain/counts/statistics-view.ts";
import { type ErrorCode, errorTexts } from "../../domain/message/error-codes.ts";
import type { messageView, segmentView } from "../../domain/message/message-view.ts";
import { operators, rnCodes } from "../../domain/message/operators.ts";
import { priorities } from "../../domain/message/priorities.ts";
import { ends, statuses } from "../../domain/message/statuses.ts";
import { standingKinds, timelineKinds } from "../../domain/message/timeline-event.ts";
import type { timelineView } from "../../domain/message/timeline-view.ts";
import type { deliveryReport } from "../../domain/reports/delivery-report.ts";
import { timeBoundsNames } from "../../domain/time/time-bounds.ts";

/**
 * The schemas of answers and reports. The running gateway does not validate by them: they describe the domain's views, and do
 * not compile if a view differs.
 */

const id = z.int().positive();
const count = z.int().min(0);
/** Almaty time (A13). */
const time = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
const idText = z.string().regex(/^[1-9]\d*$/);
const errorMessage = z.string().nullable();

export const errorCode = z.enum(Object.keys(errorTexts) as [ErrorCode, ...ErrorCode[]]);
export const status = z.enum(statuses);
export const rnCode = z.enum(operators.map((operator) => rnCodes[operator]));
export const timeBounds = z.enum(timeBoundsNames);

export const segment = z.object({
	smcsc_id: z.string(),
	status,
	status_time: time,
	error_code: errorCode.nullable(),
	error_message: errorMessage,
}) satisfies z.ZodType<ReturnType<typeof segmentView>>;

const messageFields = z.object({
	message_id: id,
	batch_id: id.nullable(),
	client_message_id: z.string().nullable(),
	sender: z.string(),
	recipient: z.string(),
	message_text: z.string(),
	text_redacted: z.literal(true).exactOptional(),
	priority: z.literal(priorities),
	expire_date: time.nullable(),
	time_bounds: timeBounds.nullable(),
	flash: z.boolean().nullable(),
	schedule: time.nullable(),
	message_status: status,
	error_code: errorCode.nullable(),
	error_message: errorMessage,
	segment_count: count,
	sent_count: count,
	delivery_count: count,
	is_informed: z.literal("Y").nullable(),
	init_time: time,
	sent_time: time.nullable(),
	sent_confirm_time: time.nullable(),
	status_time: time,
	schedule_state: z.enum(["N", "P"]).nullable(),
	retry_count: count,
	rn_code: rnCode.nullable(),
});

/** A message in an answer (R29). */
export const message = messageFields satisfies z.ZodType<ReturnType<typeof messageView>>;

/** With `segments_info=true` (R13). */
export const messageWithSegments = messageFields.extend({ segments: z.array(segment) });

export const historyEvent = z.object({
	event: z.enum(timelineKinds).exclude(["picked_up"]),
	time,
	channel: z.enum(["rest", "smpp"]).exactOptional(),
	address: z.string().exactOptional(),
	batch_id: id.exactOptional(),
	reason: z.enum(["schedule", "time_bounds", "expiry"]).exactOptional(),
	until: time.exactOptional(),
	error_code: errorCode.exactOptional(),
	error_message: z.string().exactOptional(),
	count: z.int().positive().exactOptional(),
	last_time: time.exactOptional(),
	attempt: z.int().positive().exactOptional(),
	smcsc_ids: z.array(z.string()).exactOptional(),
	segments: z.array(z.int().positive()).exactOptional(),
	status: status.exactOptional(),
	stat: z.string().exactOptional(),
	err: z.string().exactOptional(),
	answer: z.string().exactOptional(),
	next_time: time.exactOptional(),
});

type ClientHistory = ReturnType<typeof timelineView>;

/** With `history=true` (A52), and perhaps `segments_info=true`. */
export const messageWithHistory = messageFields.extend({
	segments: z.array(segment).exactOptional(),
	history: z.array(historyEvent),
	waits_for: z.enum(standingKinds),
	waits_until: time.nullable(),
}) satisfies z.ZodType<ClientHistory>;

export const batch = z.array(message);
export const senderNames = z.array(z.string());
export const sendersWithDetails = z.array(
	z.object({ sender: z.string(), time_bounds: z.array(timeBounds), default_time_bounds: timeBounds }),
) satisfies z.ZodType<ReturnType<typeof senderDetails>>;

export const triedMessage = z.union([
	z.object({
		dry_run: z.literal(true),
		message_status: status,
		error_code: errorCode.nullable(),
		segment_count: count,
		rn_code: rnCode.nullable(),
		send_time: time,
		expire_date: time,
	}) satisfies z.ZodType<ReturnType<typeof dryRunMessageView>>,
	/** If an equal request was accepted before, and is replayed. */
	z.object({ dry_run: z.literal(true), message_id: idText }),
]);

export const triedBatch = z.union([
	z.object({
		dry_run: z.literal(true),
		accepted_count: count,
		segment_count: count,
		refused: z.array(
			z.object({
				index: count,
				error_code: errorCode.nullable(),
				error_message: z.string().min(1),
				field: z.string().nullable(),
			}),
		),
	}) satisfies z.ZodType<ReturnType<typeof dryRunBatchView>>,
	/** If an equal batch was accepted before, and is replayed. */
	z.object({ dry_run: z.literal(true), batch_id: idText }) satisfies z.ZodType<ReturnType<typeof dryRunReplayView>>,
]);

export const batchSummary = z.object({
	batch_id: id,
	message_count: count,
	segment_count: count,
	statuses: z.partialRecord(status, count),
	error_codes: z.partialRecord(errorCode, count),
	waiting_count: count,
	scheduled_count: count,
	paused_count: count,
	sent_count: count,
	sent_per_second: z.number().min(0),
	estimated_end: time.nullable(),
}) satisfies z.ZodType<BatchSummary>;

export const batchWithdrawal = z.object({
	batch_id: id,
	withdrawn: count,
	gone: count,
	ended: count,
}) satisfies z.ZodType<BatchWithdrawal>;

const day = z.string().regex(/^\d{4}-\d\d-\d\d$/);
const sum = z.object({ messages: count, segments: count });

/** What happened to a user's messages (A52). */
const period = z.object({
	period: z.string(),
	accepted: sum,
	submitted: sum,
	delivered: sum,
	failed: sum,
	incoming: sum,
	reported: count,
	unreported: count,
	endings: z.array(sum.extend({ status: z.enum(ends), error_code: errorCode.nullable(), error_message: errorMessage })),
}) satisfies z.ZodType<ReturnType<typeof statisticsView> & { readonly period: string }>;

export const userStatistics = z.object({ from: day, to: day, by: z.enum(periodKinds), periods: z.array(period) });

export const createdMessage = z.object({
	message_id: idText,
	/** Only if the requested one was shortened (A10). */
	expire_date: time.exactOptional(),
});
export const createdBatch = z.object({ batch_id: idText });

/** The body of an error response (A8). */
export const problem = z.object({
	error_message: z.string().min(1),
	error_code: errorCode.nullable(),
	field: z.string().nullable(),
	request_id: z.string(),
});

/** Has the id of the existing message if its client_message_id was already used (A28). */
export const messageProblem = problem.extend({ message_id: idText.optional() });

export const report = z.object({
	status,
	client_message_id: z.string().nullable(),
	error_code: errorCode.nullable(),
	error_message: errorMessage,
	segment_count: count,
	init_time: time,
	status_time: time,
	message_id: id,
	sent_time: time.exactOptional(),
	sent_confirm_time: time.exactOptional(),
	rn_code: rnCode.exactOptional(),
	retry_count: count.exactOptional(),
}) satisfies z.ZodType<ReturnType<typeof deliveryReport>>;

/** The body of a report (R36). */
export const deliveryReports = z.object({ delivery_report: z.array(report).min(1) });

export const incomingMessage = z.object({
	message_id: id,
	sender: z.string(),
	recipient: z.string(),
	text: z.string().max(1_500),
	segment_count: count,
	receive_time: time,
	rn_code: rnCode.nullable(),
});

export const incomingMessages = z.array(incomingMessage);

/** Messages from subscribers (R40, R41). */
export const incomingReports = z.object({ incoming_report: z.array(incomingMessage).min(1) });
