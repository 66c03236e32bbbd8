import { type Json, refTo, type SchemaName } from "./components.ts";

const json = (schema: Json, example?: unknown): Json => ({
	"application/json": { schema, ...(example !== undefined && { example }) },
});

const headers = {
	Location: {
		description: "The absolute URL of the message or batch.",
		required: true,
		schema: { type: "string", format: "uri" },
	},
	"Idempotent-Replayed": {
		description: "Present if the same request was already accepted before.",
		schema: { type: "string", const: "true" },
	},
	"WWW-Authenticate": { required: true, schema: { type: "string", pattern: "^Basic " } },
	"Retry-After": {
		description: "Seconds to wait before the next request.",
		required: true,
		schema: { type: "string", pattern: "^[1-9]\\d*$" },
	},
	"Next-Cursor": {
		description:
			"Extension. The cursor of the next page, if messages follow: after `limit` messages, or where a response of 6 MB ends.",
		schema: { type: "string" },
	},
	Allow: { description: "The allowed methods of this path.", required: true, schema: { type: "string" } },
} as const satisfies Record<string, Json>;

const problem = (description: string, name?: keyof typeof headers): Json => ({
	description,
	...(name && { headers: { [name]: headers[name] } }),
	content: json(refTo("Problem")),
});

export const responses = {
	Unauthorized: problem("The user name or password is missing or wrong.", "WWW-Authenticate"),
	Forbidden: problem("The message or batch belongs to another user."),
	NotFound: problem("It does not exist, or its retention has ended."),
	Conflict: problem("The message was not scheduled, or was already handed over for sending."),
	TooLarge: problem("The body is larger than 4 MB."),
	TooMany: problem(
		"The account exceeds its requests per second or its messages per day, or too many logins failed.",
		"Retry-After",
	),
	Fault: problem("The gateway failed."),
	Unavailable: problem(
		"The gateway cannot answer at the moment. A POST also gets this while a fail-fast batch with some of the same messages is being accepted. It is safe to repeat the request.",
		"Retry-After",
	),
} as const satisfies Record<string, Json>;

/** Of a known path with another method: no operation has it. */
export const otherMethodAnswer = problem("The path does not allow this method.", "Allow");

export const answerRef = (name: keyof typeof responses): Json => ({ $ref: `#/components/responses/${name}` });

export const read = (description: string, schema: Json, example?: unknown): Json => ({
	description,
	content: json(schema, example),
});

/** A list of which a page may be read. */
export const pageRead = (description: string, schema: Json): Json => ({
	...read(description, schema),
	headers: { "Next-Cursor": headers["Next-Cursor"] },
});

export const createdAnswer = (description: string, name: SchemaName, example: unknown): Json => ({
	description,
	headers: { Location: headers.Location, "Idempotent-Replayed": headers["Idempotent-Replayed"] },
	content: json(refTo(name), example),
});

export const refusedAnswer = (name: SchemaName, example: unknown, withLocation: boolean): Json => ({
	description: "The request is malformed or not allowed for this user.",
	...(withLocation && {
		headers: {
			Location: {
				...headers.Location,
				required: false,
				description:
					"The URL of the existing message, if the client_message_id was already used. That message is accepted, even if the earlier request got a 5xx or no answer.",
			},
		},
	}),
	content: json(refTo(name), example),
});

export const authenticatedResponses: Json = {
	401: answerRef("Unauthorized"),
	429: answerRef("TooMany"),
	500: answerRef("Fault"),
	503: answerRef("Unavailable"),
};
