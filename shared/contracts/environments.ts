import * as z from "zod";
import { type LaneName, lanes } from "../domain/message/lanes.ts";
import { jsonText } from "./json-text.ts";
import { receiptIdsByOperator, smscErrorsByOperator, smscPasswords, smscs } from "./smscs.ts";

/**
 * The environment of each entry point: what its process reads at its start, and what CDK must therefore give it. One
 * table, so that a variable that is missing, or given to a function that does not use it, does not compile.
 */

const name = z.string().min(3);
const queueUrl = z.url();
const secret = z.string().min(16);

/** The URL of each lane's queue, as a JSON object. */
const laneUrls = jsonText.pipe(
	z.object(Object.fromEntries(lanes.map((lane) => [lane.name, queueUrl])) as Record<LaneName, typeof queueUrl>),
);

/** What the metrics that a process tells of itself stand under in CloudWatch. */
const metricsVariables = { METRICS_NAMESPACE: name };

/** Who may come in: every function behind the API reads these. */
const clients = { ACCOUNTS_TABLE: name, CREDENTIALS_TABLE: name, LIMITS_TABLE: name };

/** Where slots get their alarms: of every process that puts rows there. */
const slotAlarms = { SLOT_SCHEDULES_GROUP: name, SLOT_SCHEDULES_ROLE_ARN: name, CHECK_DUE_FUNCTION_ARN: name };

/** What gives messages a holder: their lane, a slot, or the queue of their reports. */
const holds = { ...slotAlarms, SLOTS_TABLE: name, LANE_QUEUE_URLS: laneUrls, REPORTS_QUEUE_URL: queueUrl };

export const postMessageEnv = z.object({
	...metricsVariables,
	...clients,
	...holds,
	NUMBERS_TABLE: name,
	BATCHES_TABLE: name,
	MESSAGES_TABLE: name,
	/** Key of the hash that makes message ids. Changing it makes every client_message_id new. */
	MESSAGE_ID_KEY: secret,
	/** What a Location header begins with: scheme, host and base path, without a slash at its end. */
	PUBLIC_URL: z.url(),
	RETENTION_DAYS: z.coerce.number().int().positive(),
});

export const postBatchEnv = postMessageEnv;

export const getMessageEnv = z.object({ ...clients, MESSAGES_TABLE: name, REPORTS_TABLE: name });

export const deleteMessageEnv = getMessageEnv.extend({ ...metricsVariables, REPORTS_QUEUE_URL: queueUrl });

/** It sees to the holder of a message that it answers for. */
export const getClientMessageEnv = getMessageEnv.extend({
	...holds,
	BATCHES_TABLE: name,
	MESSAGE_ID_KEY: secret,
});

export const getBatchEnv = getMessageEnv.extend({ ...holds, BATCHES_TABLE: name });

export const getSendersEnv = z.object(clients);

export const getOpenapiEnv = z.object({});

export const unknownRouteEnv = z.object({});

export const receiptsEnv = z.object({
	...metricsVariables,
	MESSAGES_TABLE: name,
	SUBMISSIONS_TABLE: name,
	REPORTS_TABLE: name,
	RECEIPTS_QUEUE_URL: queueUrl,
	REPORTS_QUEUE_URL: queueUrl,
	/** Where a receipt rests that no submission was found for in time. */
	RECEIPTS_DEAD_LETTERS_URL: queueUrl,
	/** How the operators' SMSCs number what went wrong, as a JSON object, without those that do it as the dictionary does. */
	SMSC_ERRORS: jsonText.pipe(smscErrorsByOperator),
	/** How ids in receipts relate to those in responses, as a JSON object by operator, where that is set. */
	RECEIPT_IDS: jsonText.pipe(receiptIdsByOperator),
});

export const incomingEnv = z.object({
	...metricsVariables,
	INCOMING_TABLE: name,
	SHORT_CODES_TABLE: name,
	REPORTS_TABLE: name,
	INCOMING_QUEUE_URL: queueUrl,
	/** Where a message rests that is nobody's. */
	INCOMING_DEAD_LETTERS_URL: queueUrl,
	REPORTS_QUEUE_URL: queueUrl,
	/** How long a message waits for its next part. */
	INCOMING_WAIT_SECONDS: z.coerce.number().int().positive(),
	RETENTION_DAYS: z.coerce.number().int().positive(),
});

export const reportsEnv = z.object({
	...metricsVariables,
	MESSAGES_TABLE: name,
	INCOMING_TABLE: name,
	REPORTS_TABLE: name,
	SLOTS_TABLE: name,
	ACCOUNTS_TABLE: name,
	REPORTS_QUEUE_URL: queueUrl,
	/** Where a report batch rests that the client's server never confirmed. */
	REPORTS_DEAD_LETTERS_URL: queueUrl,
	RETENTION_DAYS: z.coerce.number().int().positive(),
	/** "yes" where webhooks on loopback and private addresses are wanted: on one's own machine, never in the cloud. */
	PRIVATE_WEBHOOKS: z.enum(["yes", "no"]),
});

export const checkDueEnv = z.object({
	...metricsVariables,
	MESSAGES_TABLE: name,
	REPORTS_TABLE: name,
	SLOTS_TABLE: name,
	LANE_QUEUE_URLS: laneUrls,
	DUE_SHARDS_QUEUE_URL: queueUrl,
	REPORTS_QUEUE_URL: queueUrl,
});

/** It is fed by the dead letters of every lane. */
export const laneDeadLettersEnv = z.object({
	...metricsVariables,
	MESSAGES_TABLE: name,
	REPORTS_TABLE: name,
	REPORTS_QUEUE_URL: queueUrl,
});

/** PEM texts, each from its first line to its last. */
const certificate = jsonText.pipe(z.object({ cert: z.string(), key: z.string() }));

export const smppEnv = z.object({
	...metricsVariables,
	...clients,
	...slotAlarms,
	NUMBERS_TABLE: name,
	MESSAGE_ID_KEY: secret,
	/** Where it answers whoever asks whether it lives. */
	HEALTH_PORT: z.coerce.number().int().min(0).max(65_535),
	/** Where clients bind, and on which address: every one of the machine's, where it is left out. */
	SMPP_PORT: z.coerce.number().int().min(0).max(65_535),
	SMPP_HOST: z.string().min(1).optional(),
	/** The port for clients over TLS, and its certificate as a JSON object; without one nobody listens there. */
	SMPP_TLS_PORT: z.coerce.number().int().min(0).max(65_535).default(3_550),
	SMPP_TLS: certificate.optional(),
	MESSAGES_TABLE: name,
	REPORTS_TABLE: name,
	SUBMISSIONS_TABLE: name,
	INCOMING_TABLE: name,
	SLOTS_TABLE: name,
	LEASES_TABLE: name,
	LANE_QUEUE_URLS: laneUrls,
	RECEIPTS_QUEUE_URL: queueUrl,
	INCOMING_QUEUE_URL: queueUrl,
	REPORTS_QUEUE_URL: queueUrl,
	RETENTION_DAYS: z.coerce.number().int().positive(),
	/** How long an entry of a lane, or of an account's queue, is kept from others while it is held here; renewed at a third of it. */
	LANE_VISIBILITY_SECONDS: z.coerce.number().int().positive(),
	/** How long a lease stays taken after its last renewal; renewed at a third of it, not relied on from two thirds on. */
	LEASE_SECONDS: z.coerce.number().positive(),
	/** The SMSCs to bind to, as a JSON object by operator; passwords apart, for they are secrets. */
	SMSCS: jsonText.pipe(smscs),
	SMSC_PASSWORDS: jsonText.pipe(smscPasswords),
});
