import type { z } from "zod";
import type { batchBody } from "../batch-body.ts";
import type { messageBody } from "../message-body.ts";
import type { batchSummary, batchWithdrawal, messageWithSegments, report } from "./read-schemas.ts";

type FieldDescription = {
	readonly description: string;
	readonly examples?: readonly unknown[];
	/** Narrower than what the gateway accepts, where that is anything. */
	readonly type?: readonly string[];
};
type FieldDescriptionsOf<Schema extends z.ZodType> = Readonly<Record<keyof z.input<Schema>, FieldDescription>>;

export const messageFields = {
	client_message_id: {
		description:
			"An id that the client chooses, unique among its messages. Of a number, the text in the JSON is the id: 1 and 1.0 are two ids. A repeated request with the same id sends no second message.",
		examples: ["k30dhs236857"],
	},
	recipient: {
		description:
			"A mobile number of Kazakhstan: 77xxXXXxxxx. Spaces and dashes of any kind, a plus and parentheses are ignored, but a leading dash is not. An 8 in place of the country code, and ten digits that begin with 7, without a plus, are also accepted.",
		examples: ["77010000000"],
	},
	message_text: { description: "1 to 1,500 characters (Unicode code points).", examples: ["тест"] },
	sender: {
		description: "The sender that the subscriber sees: one of the names that this user may use.",
		examples: ["SMSGW"],
	},
	priority: {
		description:
			"0 bulk, 1 interactive, 2 urgent, 3 emergency. Messages of a higher priority are sent first. A number, or its text. Any other value, or none, counts as 0.",
		examples: [0],
		type: ["integer", "string", "null"],
	},
	expire_date: {
		description:
			"After this time the message is not sent. Almaty time. Without it, the message expires a day after the first moment at which it may be sent. A time more than 9 days after that moment is shortened to 9 days; the 201 then has the `expire_date` that holds.",
		examples: ["2014-12-24 16:33:05"],
	},
	time_bounds: {
		description:
			"The hours in which the message may be delivered. Without it, the default of the sender or else of the account applies, or `def`.",
		examples: ["wd99"],
	},
	flash: {
		description:
			"true: the handset shows the message at once and does not store it. A boolean, its text, 1 or 0. Without it, false.",
		examples: [false],
	},
	schedule: {
		description:
			"The message is sent at this time, not before: a full quarter of an hour, 10 minutes to 10 days ahead. Almaty time. Without it, the message is sent at once.",
		examples: ["2014-12-24 09:00:00"],
	},
} as const satisfies FieldDescriptionsOf<typeof messageBody>;

const failFast =
	"true: one invalid message refuses the whole batch, and nothing is stored. false, or absent: the batch is accepted, and the delivery report of an invalid message says what is wrong.";

export const batchFields = {
	messages: {
		description:
			"200 messages is the best size. Unless `fail-fast` is true, a malformed message is accepted and ends at once.",
	},
	"fail-fast": { description: failFast },
	fail_fast: { description: "Another spelling of `fail-fast`." },
	failFast: { description: "Another spelling of `fail-fast`." },
} as const satisfies FieldDescriptionsOf<typeof batchBody>;

/** Of the extension `history=true`. */
export const messageHistoryFields = {
	history: { description: "An extension. What happened to the message, oldest first." },
	waits_for: {
		description:
			"An extension. What the message waits for now: its window (`time_bounds`), its `schedule`, its batch (`paused`), its turn (`lane`), the outcome of a submit that is not known (`other_submit`), its `receipt`, its `expiry`, or the confirmation of its `report`.",
	},
	waits_until: { description: "An extension. Until when at the latest; of a report, when it is sent again." },
} as const satisfies Readonly<Record<string, FieldDescription>>;

export const historyEventFields = {
	event: {
		description: [
			"- `accepted` by REST or SMPP (`channel`), from this `address`",
			"- `waits` for its `schedule` or its window (`time_bounds`) until `until`; `expiry`: its window opens too late",
			"- `released`: its time has come, and it is queued for its operator",
			"- `paused`: it was set aside, because its batch was paused",
			"- `refused_for_now` by the SMSC, `count` times in a row, the last time at `last_time`",
			"- `unanswered`: the SMSC did not answer a submit",
			"- `repeats_used_up`: it is not submitted again",
			"- `left_out`: further entries, `count` failed submits among them",
			"- `submitted` to the operator, at this `attempt`",
			"- `confirmed` by the SMSC, with its ids",
			"- `receipt` of these `segments`, counted from 1: `stat` and `err` as the SMSC wrote them, and their `status`",
			"- `ended` with this `status`",
			"- `withdrawn` by the client",
			"- `report_failed`: the report of `status` was not confirmed; `answer` is why, and it is sent again at `next_time`",
			"- `report_given_up`: the same, and it is not sent again",
			"- `reported`: the report of `status` was confirmed",
		].join("\n"),
	},
	time: { description: "Of `submitted`, the last submit. Almaty time." },
} as const satisfies Readonly<Record<string, FieldDescription>>;

export const batchSummaryFields = {
	batch_id: { description: "The batch." },
	message_count: { description: "Number of its messages." },
	segment_count: { description: "Number of their segments." },
	statuses: { description: "Number of messages in each status that any has." },
	error_codes: { description: "Number of messages with each code that any has." },
	waiting_count: {
		description:
			"Messages that are not submitted yet: those that are NEW, without those that may have been submitted and wait for a receipt only.",
	},
	scheduled_count: { description: "Of these, messages that wait for their schedule or their window." },
	paused_count: { description: "Of these, messages that wait because the gateway's operators paused the batch." },
	sent_count: { description: "Messages that were submitted." },
	sent_per_second: { description: "Messages submitted a second, over the last five minutes." },
	estimated_end: {
		description:
			"When the last message is submitted if the rate stays as it is, in Almaty time. Null if none waits, or if it cannot be told.",
	},
} as const satisfies FieldDescriptionsOf<typeof batchSummary>;

export const batchWithdrawalFields = {
	batch_id: { description: "The batch." },
	withdrawn: { description: "Messages that will never be sent: DELETED. Each is reported." },
	gone: {
		description:
			"Messages that go on: they were submitted, or may be at any moment. A message without a schedule whose window was open when it was accepted, or is open now, is among them.",
	},
	ended: { description: "Messages that have another final status." },
} as const satisfies FieldDescriptionsOf<typeof batchWithdrawal>;

type Read = keyof z.input<typeof messageWithSegments> | keyof z.input<typeof report>;

export const readFields: Partial<Record<Read, FieldDescription>> = {
	batch_id: { description: "Null if the message was not sent in a batch." },
	client_message_id: { description: "Null if the request had no valid one." },
	expire_date: {
		description:
			"The time that holds, in Almaty time like all times: `YYYY-MM-DD HH:mm:ss`. Null, as `time_bounds` and `flash`, if the message was refused because it could not be read.",
	},
	text_redacted: {
		description:
			"An extension. True if the message has ended and its text is not kept: `message_text` is empty, or has asterisks in place of words with digits. Absent otherwise.",
	},
	error_message: {
		description: "What is wrong with a refused message, as a single POST says it; otherwise the text of the code.",
	},
	segment_count: { description: "Number of segments of the message." },
	sent_count: { description: "Number of segments that the SMSC has accepted." },
	delivery_count: { description: "Number of segments that were delivered." },
	is_informed: {
		description: "Y after the client has confirmed a report of the final status. Always null without a webhook.",
	},
	init_time: { description: "When the gateway accepted the message." },
	sent_time: {
		description:
			"When the message was submitted to the SMSC; the last time, if it was sent again. Absent from the report of a message that was never sent.",
	},
	sent_confirm_time: { description: "When the SMSC confirmed the message." },
	status_time: { description: "When the status last changed." },
	schedule_state: { description: "Null: not scheduled. N: waiting for its time. P: handed over for sending." },
	retry_count: { description: "How often the message was sent again after a broken connection to the SMSC." },
	segments: { description: "One item for each segment that the SMSC has accepted." },
};
