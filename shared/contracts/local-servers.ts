import * as z from "zod";

/** What the local stack's simulated operators and webhook server tell the console, in JSON. */

/** At the control server of the simulated operators. `after` is the number of the last known event. */
export const phonesPath = "/phones";
export const outcomePath = "/outcome";
export const moPath = "/mo";

const numbered = { number: z.int(), at: z.number(), operator: z.string(), subscriber: z.string() };

/** What an SMSC did with a message: `code` is the error of the receipt, or the command_status of a refusal. */
const outcomeKinds = ["delivered", "failed", "no_receipt", "refused"] as const;

/** A segment that came to a phone, or would have. */
const receivedSegment = z.object({
	...numbered,
	kind: z.literal("received"),
	sender: z.string(),
	/** Null: octets that are no text, in hexadecimal in `hex`. */
	text: z.string().nullable(),
	hex: z.string(),
	alphabet: z.string(),
	flash: z.boolean(),
	part: z.object({ reference: z.int(), total: z.int(), number: z.int() }).nullable(),
	outcome: z.enum(outcomeKinds),
	code: z.int(),
});

/** A message that a subscriber sent. */
const sentByPhone = z.object({ ...numbered, kind: z.literal("sent"), recipient: z.string(), text: z.string() });

export const phoneEvent = z.discriminatedUnion("kind", [receivedSegment, sentByPhone]);
export type PhoneEvent = z.output<typeof phoneEvent>;

/** @property last the number of the newest event. The oldest are left out if there are too many. */
export const phoneEvents = z.object({ last: z.int(), events: z.array(phoneEvent) });

const nextOutcome = z.discriminatedUnion("kind", [
	z.strictObject({ kind: z.literal("delivered") }),
	z.strictObject({ kind: z.literal("failed"), code: z.int().min(0).max(999) }),
	z.strictObject({ kind: z.literal("no_receipt") }),
	z.strictObject({ kind: z.literal("refused"), code: z.int().min(1).max(0xffff) }),
]);
export type NextOutcome = z.output<typeof nextOutcome>;

/** Chooses the outcome of the next message to a number. */
export const outcomeRequest = z.strictObject({ subscriber: z.string().min(1).max(20), outcome: nextOutcome });
export type OutcomeRequest = z.output<typeof outcomeRequest>;

/** At the webhook server. */
export const webhookRequestsPath = "/requests";
export const webhookModePath = "/mode";

/** `slow` answers after the gateway has given up. */
const webhookModes = ["ok", "fail", "slow", "gone"] as const;
export type WebhookMode = (typeof webhookModes)[number];
export const webhookModeRequest = z.strictObject({
	path: z.string().startsWith("/").max(500),
	mode: z.enum(webhookModes),
});

export const webhookRequest = z.object({
	/** Rises when the request comes and when it is answered. */
	number: z.int(),
	id: z.int(),
	at: z.number(),
	path: z.string(),
	body: z.unknown(),
	/** Null until it is answered. */
	status: z.int().nullable(),
	tookMs: z.number().nullable(),
});
export type WebhookRequest = z.output<typeof webhookRequest>;

export const webhookRequests = z.object({
	last: z.int(),
	requests: z.array(webhookRequest),
	modes: z.record(z.string(), z.enum(webhookModes)),
});
