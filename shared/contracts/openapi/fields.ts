import type { z } from "zod";
import type { batchBody } from "../batch-body.ts";
import type { messageBody } from "../message-body.ts";
import type { messageWithSegments, report } from "./read-schemas.ts";

type FieldDescription = {
	readonly description: string;
	readonly examples?: readonly unknown[];
	readonly default?: unknown;
};
type FieldDescriptionsOf<Schema extends z.ZodType> = Readonly<Record<keyof z.input<Schema>, FieldDescription>>;

/** The fields of a message as sent, for the client to read. */
export const messageFields = {
	client_message_id: {
		description: "Made by the client, unique for each of its messages.",
		examples: ["k30dhs236857"],
	},
	recipient: {
		description:
			"A mobile number of Kazakhstan: 77xxXXXxxxx. Punctuation, 8 for the country code and ten digits beginning with 7 are taken too.",
		examples: ["77010000000"],
	},
	message_text: { description: "1 to 1,500 characters (UTF-16 code units).", examples: ["тест"] },
	sender: {
		description: "What the subscriber sees as its sender: a name that this user may use.",
		examples: ["SMSGW"],
	},
	priority: {
		description: "0 bulk, 1 interactive, 2 urgent, 3 emergency; a higher one leaves first. Anything else counts as 0.",
		examples: [0],
		default: 0,
	},
	expire_date: {
		description: "After it no attempt is made. Almaty's time; a day ahead where there is none.",
		examples: ["2014-12-24 16:33:05"],
	},
	time_bounds: {
		description: "When it may be delivered; the sender's or account's own where there is none, else `def`.",
		examples: ["wd99"],
	},
	flash: {
		description: "Shown at once, and not kept: true or false, as a text too.",
		examples: [false],
		default: false,
	},
	schedule: {
		description:
			"Not before then: a quarter of an hour, 10 minutes to 10 days ahead. Almaty's time; now where there is none.",
		examples: ["2014-12-24 09:00:00"],
	},
} as const satisfies FieldDescriptionsOf<typeof messageBody>;

const failFast =
	"true: one bad message refuses the whole batch, and nothing is stored. Else the batch is taken, and what is wrong with a message comes in its report.";

export const batchFields = {
	messages: {
		description: "Best 200 of them. Unless `fail-fast` is on, one that is malformed is taken, and ends at once.",
	},
	"fail-fast": { description: failFast, default: false },
	fail_fast: { description: "As `fail-fast`." },
	failFast: { description: "As `fail-fast`." },
} as const satisfies FieldDescriptionsOf<typeof batchBody>;

type Read = keyof z.input<typeof messageWithSegments> | keyof z.input<typeof report>;

/** Of a message as read, and as reported, what its schema does not tell. */
export const readFields: Partial<Record<Read, FieldDescription>> = {
	batch_id: { description: "Null for a message that was sent alone." },
	client_message_id: { description: "Null where it could not be read." },
	expire_date: { description: "Times are Almaty's, as `YYYY-MM-DD HH:mm:ss`." },
	segment_count: { description: "Segments of the message." },
	sent_count: { description: "Segments that the SMSC has taken." },
	delivery_count: { description: "Segments that were delivered." },
	is_informed: { description: "Y once the client has confirmed a report of its end; always null without a webhook." },
	init_time: { description: "Taken by the gateway." },
	sent_time: {
		description: "Handed to the SMSC; renewed by a resend. Not in a report of a message that was never sent.",
	},
	sent_confirm_time: { description: "Confirmed by the SMSC." },
	status_time: { description: "The last change of its status." },
	schedule_state: { description: "Null: not scheduled. N: planned. P: handed on." },
	retry_count: { description: "Resends after a broken link." },
	segments: { description: "One for each segment that the SMSC has taken." },
};
