import { type Json, refTo, type SchemaName } from "./components.ts";

/** The answers that more than one request may get, with their headers. */

const json = (schema: Json, example?: unknown): Json => ({
	"application/json": { schema, ...(example !== undefined && { example }) },
});

const headers = {
	Location: { description: "Where it is: a whole URL.", required: true, schema: { type: "string", format: "uri" } },
	"Idempotent-Replayed": {
		description: "Where this very request was carried out before.",
		schema: { type: "string", const: "true" },
	},
	"WWW-Authenticate": { required: true, schema: { type: "string", pattern: "^Basic " } },
	"Retry-After": {
		description: "Seconds.",
		required: true,
		schema: { type: "string", pattern: "^[1-9]\\d*$" },
	},
	Allow: { description: "The methods that are answered here.", required: true, schema: { type: "string" } },
} as const satisfies Record<string, Json>;

const problem = (description: string, name?: keyof typeof headers): Json => ({
	description,
	...(name && { headers: { [name]: headers[name] } }),
	content: json(refTo("Problem")),
});

/** Problems that stand in `components`, by name. */
export const responses = {
	Unauthorized: problem("No user name and password, or wrong ones.", "WWW-Authenticate"),
	Forbidden: problem("It is another user's."),
	NotFound: problem("There is nothing of that name, or it is past its retention."),
	MethodNotAllowed: problem("Another method is answered here.", "Allow"),
	Conflict: problem("It was not scheduled, or has gone already."),
	TooLarge: problem("The body is larger than 4 MB."),
	TooMany: problem(
		"Faster than this account may, more in a day than it may, or too many wrong passwords.",
		"Retry-After",
	),
	Fault: problem("A fault of the gateway's."),
	Unavailable: problem(
		"For a moment. To a POST also while another request is taking some of the same messages in with a fail-fast batch. A repeated request is safe.",
		"Retry-After",
	),
} as const satisfies Record<string, Json>;

export const answer = (name: keyof typeof responses): Json => ({ $ref: `#/components/responses/${name}` });

export const read = (description: string, schema: Json, example?: unknown): Json => ({
	description,
	content: json(schema, example),
});

export const created = (description: string, name: SchemaName, example: unknown): Json => ({
	description,
	headers: { Location: headers.Location, "Idempotent-Replayed": headers["Idempotent-Replayed"] },
	content: json(refTo(name), example),
});

export const refused = (name: SchemaName, example: unknown, withLocation: boolean): Json => ({
	description: "The request is malformed, or asks for what this user may not.",
	...(withLocation && {
		headers: {
			Location: {
				...headers.Location,
				required: false,
				description:
					"Of the message that is there already, for a client_message_id that was used. It is accepted, also where an earlier request for it got a 5xx or no answer.",
			},
		},
	}),
	content: json(refTo(name), example),
});

/** To everybody who must log in. */
export const authenticatedResponses: Json = {
	401: answer("Unauthorized"),
	429: answer("TooMany"),
	500: answer("Fault"),
	503: answer("Unavailable"),
};
