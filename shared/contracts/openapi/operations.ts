import { periodKinds } from "../../domain/counts/periods.ts";
import type { OperationName } from "../routes.ts";
import { type Json, refTo } from "./components.ts";
import { examples } from "./examples.ts";
import { answerRef, authenticatedResponses, createdAnswer, pageRead, read, refusedAnswer } from "./responses.ts";

const body = (schema: "MessageToSend" | "BatchToSend", example: unknown): Json => ({
	description:
		"JSON of at most 4 MB, in UTF-8 or in the charset that Content-Type names; apart from that, the Content-Type is not checked. Unknown fields are ignored.",
	required: true,
	content: { "application/json": { schema: refTo(schema), example } },
});

const inPath = (name: string, schema: Json): Json => ({ name, in: "path", required: true, schema });
const inQuery = (name: string, description: string): Json => ({
	name,
	in: "query",
	description,
	schema: { type: "boolean" },
});

/** An optional parameter that the document does not have. */
const extension = (name: string, description: string, schema: Json): Json => ({
	name,
	in: "query",
	description: `Extension. ${description}`,
	schema,
});

/** A 201 has ids as text, and other answers as numbers; a path takes both (A2). */
const id = {
	anyOf: [
		{ type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
		{ type: "string", pattern: "^[1-9]\\d{0,15}$" },
	],
};
const almatyTime = { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d$" };
const limitParameter = (maximum: number, description: string) =>
	extension("limit", description, { type: "integer", minimum: 1, maximum });
const cursorParameter = extension("cursor", "The `Next-Cursor` of the page before.", { type: "string" });
const period = (time: string): readonly Json[] => [
	extension("from", `Only with ${time} at this time or later. Almaty time.`, almatyTime),
	extension("to", `Only with ${time} at this time or before. Almaty time.`, almatyTime),
];
const searchPage = [
	limitParameter(
		50,
		"At most so many messages: 50 without it. A page may have fewer, or none, although others follow.",
	),
	cursorParameter,
] as const;

const dryRun = extension(
	"dry_run",
	"true: the request is checked and answered, and nothing is stored or sent. Refusals are those of the real request. Limits of messages per hour, day or number are not checked, and nothing counts towards them. Any other value than true or false gets a 400.",
	{ type: "boolean" },
);
const dayText = { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\d$" };
const statsParameters = {
	from: ["The first day, in Almaty. Without it, six days before `to`.", dayText],
	to: ["The last day, in Almaty. Without it, today. At most 92 days, or 31 by hour.", dayText],
	by: ["The length of a period. Without it, a day.", { type: "string", enum: [...periodKinds] }],
} as const;
const segmentsInfo = inQuery("segments_info", "true adds the field `segments`.");
const messageRead = read("The message.", { anyOf: [refTo("MessageWithSegments"), refTo("Message")] });
const messageWithHistoryRead = read("The message.", {
	anyOf: [refTo("MessageWithHistory"), refTo("MessageWithSegments"), refTo("Message")],
});

/** The request and responses of each route. A route that is missing here does not compile. */
export const operations = {
	"post-message": {
		summary: "Sends a message",
		parameters: [dryRun],
		requestBody: body("MessageToSend", examples.message),
		responses: {
			200: read("The outcome of a dry run.", refTo("TriedMessage"), examples.triedMessage),
			201: createdAnswer("The message was accepted.", "CreatedMessage", examples.createdMessage),
			400: refusedAnswer("RefusedMessage", examples.refusedMessage, true),
			413: answerRef("TooLarge"),
			...authenticatedResponses,
		},
	},
	"get-message": {
		summary: "Returns a message by its message_id",
		parameters: [
			inPath("message_id", id),
			segmentsInfo,
			extension("history", "true adds what happened to the message, and what it waits for.", { type: "boolean" }),
		],
		responses: {
			200: messageWithHistoryRead,
			403: answerRef("Forbidden"),
			404: answerRef("NotFound"),
			...authenticatedResponses,
		},
	},
	"delete-message": {
		summary: "Withdraws a scheduled message",
		parameters: [inPath("message_id", id)],
		responses: {
			204: { description: "The message will not be sent. A repeated request gets the same answer." },
			403: answerRef("Forbidden"),
			404: answerRef("NotFound"),
			409: answerRef("Conflict"),
			...authenticatedResponses,
		},
	},
	"post-batch": {
		summary: "Sends up to 1,000 messages",
		parameters: [dryRun],
		requestBody: body("BatchToSend", examples.batch),
		responses: {
			200: read("The outcome of a dry run.", refTo("TriedBatch"), examples.triedBatch),
			201: createdAnswer("The batch was accepted.", "CreatedBatch", examples.createdBatch),
			400: refusedAnswer("Problem", examples.refusedBatch, false),
			413: answerRef("TooLarge"),
			...authenticatedResponses,
		},
	},
	"get-batch": {
		summary: "Returns the messages of a batch, in the order of its request",
		parameters: [
			inPath("batch_id", id),
			limitParameter(1_000, "At most so many messages. Without it, all."),
			cursorParameter,
		],
		responses: {
			200: pageRead("The messages, without segments.", refTo("Batch")),
			400: refusedAnswer("Problem", examples.refusedLimit, false),
			403: answerRef("Forbidden"),
			404: answerRef("NotFound"),
			...authenticatedResponses,
		},
	},
	"find-messages": {
		summary: "Finds messages by recipient, client_message_id or batch",
		description:
			"Extension. One of `recipient`, `client_message_id`, `batch_id` and `message_id` is required; all parameters together narrow the search. The newest message comes first; those of a batch come in its order. A message is found by its recipient from a second after it was accepted.",
		parameters: [
			extension("recipient", "The number, in every form that POST accepts.", { type: "string" }),
			extension("client_message_id", "The client's own id.", { type: "string", minLength: 1, maxLength: 64 }),
			extension("batch_id", "The batch.", id),
			extension("message_id", "The message.", id),
			extension("sender", "Only with this sender.", { type: "string" }),
			extension("status", "Only with this status now.", refTo("Status")),
			...period("`init_time`"),
			...searchPage,
		],
		responses: {
			200: pageRead("The messages, without segments.", refTo("Batch")),
			400: refusedAnswer("Problem", examples.refusedSearch, false),
			...authenticatedResponses,
		},
	},
	"find-incoming": {
		summary: "Finds messages from subscribers by sender or short code",
		description:
			"Extension. One of `sender` and `recipient` is required. The newest message comes first. A message is found from a second after it came.",
		parameters: [
			extension("sender", "The subscriber's number, in every form that POST accepts.", { type: "string" }),
			extension("recipient", "The short code.", { type: "string" }),
			...period("`receive_time`"),
			...searchPage,
		],
		responses: {
			200: pageRead("The messages.", refTo("IncomingMessages")),
			400: refusedAnswer("Problem", examples.refusedSearch, false),
			...authenticatedResponses,
		},
	},
	"get-batch-summary": {
		summary: "Extension. Counts the messages of a batch by status, and estimates when the last is sent",
		parameters: [inPath("batch_id", id)],
		responses: {
			200: read("Counts of messages.", refTo("BatchSummary"), examples.batchSummary),
			403: answerRef("Forbidden"),
			404: answerRef("NotFound"),
			...authenticatedResponses,
		},
	},
	"delete-batch": {
		summary: "Extension. Withdraws the messages of a batch that have certainly not gone",
		parameters: [inPath("batch_id", id)],
		responses: {
			200: read(
				"How many messages are withdrawn now, or were before; how many had gone, and how many had ended. A repeated request withdraws what can be withdrawn by then.",
				refTo("BatchWithdrawal"),
				examples.batchWithdrawal,
			),
			403: answerRef("Forbidden"),
			404: answerRef("NotFound"),
			...authenticatedResponses,
		},
	},
	"get-senders": {
		summary: "Returns the senders that this user may use",
		parameters: [inQuery("details", "true returns objects with the time_bounds of each sender.")],
		responses: {
			200: read(
				"Names, or objects if `details` is true.",
				{ anyOf: [refTo("SenderNames"), refTo("SendersWithDetails")] },
				examples.senders,
			),
			...authenticatedResponses,
		},
	},
	"get-stats": {
		summary: "Extension. Returns how many of the user's messages were accepted, submitted, delivered and so on",
		parameters: Object.entries(statsParameters).map(([name, [text, schema]]) => extension(name, text, schema)),
		responses: {
			200: read("The counts by period.", refTo("Stats"), examples.stats),
			400: refusedAnswer("Problem", examples.refusedDay, false),
			...authenticatedResponses,
		},
	},
	"get-client-message": {
		summary: "Returns a message by its client_message_id",
		parameters: [
			inPath("user_name", { type: "string" }),
			inPath("client_message_id", { type: "string", minLength: 1, maxLength: 64 }),
			segmentsInfo,
		],
		responses: { 200: messageRead, 404: answerRef("NotFound"), ...authenticatedResponses },
	},
	"get-openapi": {
		summary: "Returns this document",
		security: [],
		responses: {
			200: read("OpenAPI 3.1.", { type: "object" }),
			429: { description: "More requests than API Gateway's own rate limit. The body is API Gateway's." },
		},
	},
} as const satisfies Record<OperationName, Json>;
