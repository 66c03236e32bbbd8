import * as z from "zod";
import { finalTexts } from "../domain/message/final-text.ts";
import { type LaneName, lanes } from "../domain/message/lanes.ts";
import { jsonText } from "./json-text.ts";
import { longReceiptsByOperator, receiptIdsByOperator, smscErrorsByOperator, smscPasswords, smscs } from "./smscs.ts";

/**
 * The environment of each entry point, which its process reads and CDK sets. A variable that CDK leaves out, or sets for a
 * function that does not read it, does not compile.
 */

const name = z.string().min(3);
const queueUrl = z.url();
const secret = z.string().min(16);

/** The URL of each lane's queue, with `{lane}` in the place of the lane's name. */
const laneUrls = queueUrl
	.refine((pattern) => pattern.includes("{lane}"), "must contain {lane}")
	.transform(
		(pattern) =>
			Object.fromEntries(lanes.map(({ name }) => [name, pattern.replace("{lane}", name)])) as Record<LaneName, string>,
	);

/** What becomes of the text of a message that has ended, for accounts without a setting of their own. */
const finalText = z.enum(finalTexts);

/** Whether messages are found by a number. */
const searchIndex = z.stringbool({ truthy: ["yes"], falsy: ["no"] }).prefault("no");

const metricsVariables = { METRICS_NAMESPACE: name };

/** Every process that counts messages reads these. */
const counts = { COUNTS_TABLE: name, COUNTS_RETENTION_DAYS: z.coerce.number().int().positive() };

/** Every function that authenticates clients reads these. */
const clients = {
	ACCOUNTS_TABLE: name,
	CREDENTIALS_TABLE: name,
	LIMITS_TABLE: name,
	/** The limit of accounts that have none of their own; 0: none. */
	ACCOUNT_REQUESTS_PER_SECOND: z.coerce.number().int().min(0).default(0),
};

/** Every process that writes rows into slots reads these, to set the slots' alarms. */
const slotAlarms = { SLOT_SCHEDULES_GROUP: name, SLOT_SCHEDULES_ROLE_ARN: name, CHECK_DUE_FUNCTION_ARN: name };

/** The holders of messages: a lane, a slot or the reports queue. */
const holders = { ...slotAlarms, SLOTS_TABLE: name, LANE_QUEUE_URLS: laneUrls, REPORTS_QUEUE_URL: queueUrl };

/** Every function behind the API reads it: the key of CloudFront, if the stage has an edge. */
export const edgeEnv = z.object({ EDGE_KEY: secret.optional() });

export const postMessageEnv = z.object({
	...metricsVariables,
	...counts,
	...clients,
	...holders,
	NUMBERS_TABLE: name,
	BATCHES_TABLE: name,
	MESSAGES_TABLE: name,
	/** Key of the hash that makes message ids. After a change the gateway accepts every client_message_id as new. */
	MESSAGE_ID_KEY: secret,
	/** The start of each Location header: scheme, host and base path, without a slash at the end. */
	PUBLIC_URL: z.url(),
	RETENTION_DAYS: z.coerce.number().int().positive(),
	FINAL_TEXTS: finalText,
	SEARCH_INDEX: searchIndex,
});

export const postBatchEnv = postMessageEnv;

export const getMessageEnv = z.object({ ...clients, ...metricsVariables, MESSAGES_TABLE: name, REPORTS_TABLE: name });

export const deleteMessageEnv = getMessageEnv.extend({ ...counts, REPORTS_QUEUE_URL: queueUrl });

/** The function reads the holders too: before it answers with a message, it makes sure that the message has one. */
export const getClientMessageEnv = getMessageEnv.extend({
	...holders,
	BATCHES_TABLE: name,
	MESSAGE_ID_KEY: secret,
});

export const searchEnv = getClientMessageEnv.extend({ INCOMING_TABLE: name, SEARCH_INDEX: searchIndex });

export const getBatchEnv = getMessageEnv.extend({ ...counts, ...holders, BATCHES_TABLE: name });

export const getSendersEnv = z.object(clients);

export const getStatsEnv = z.object({ ...clients, ...metricsVariables, ...counts });

export const getOpenapiEnv = z.object({});

export const unknownRouteEnv = z.object({});

export const receiptsEnv = z.object({
	...metricsVariables,
	...counts,
	MESSAGES_TABLE: name,
	SUBMISSIONS_TABLE: name,
	REPORTS_TABLE: name,
	RECEIPTS_QUEUE_URL: queueUrl,
	REPORTS_QUEUE_URL: queueUrl,
	/** The queue for receipts whose submission was not found in time. */
	RECEIPTS_DEAD_LETTERS_URL: queueUrl,
	/** Error codes of the SMSCs whose codes differ from the dictionary's: a JSON object by operator. */
	SMSC_ERRORS: jsonText.pipe(smscErrorsByOperator),
	/** The relation of ids in receipts to ids in responses, for operators where it is set: a JSON object by operator. */
	RECEIPT_IDS: jsonText.pipe(receiptIdsByOperator),
	/** Whether a message of several parts has a receipt for each or one for all, for operators where it is set. */
	LONG_RECEIPTS: jsonText.pipe(longReceiptsByOperator).default({}),
});

export const incomingEnv = z.object({
	...metricsVariables,
	...counts,
	INCOMING_TABLE: name,
	SHORT_CODES_TABLE: name,
	REPORTS_TABLE: name,
	INCOMING_QUEUE_URL: queueUrl,
	/** The queue for messages that no account's short code and keyword match. */
	INCOMING_DEAD_LETTERS_URL: queueUrl,
	REPORTS_QUEUE_URL: queueUrl,
	INCOMING_WAIT_SECONDS: z.coerce.number().int().positive(),
	RETENTION_DAYS: z.coerce.number().int().positive(),
	SEARCH_INDEX: searchIndex,
});

export const reportsEnv = z.object({
	...metricsVariables,
	...counts,
	MESSAGES_TABLE: name,
	INCOMING_TABLE: name,
	REPORTS_TABLE: name,
	SLOTS_TABLE: name,
	ACCOUNTS_TABLE: name,
	WEBHOOK_SECRETS_TABLE: name,
	REPORTS_QUEUE_URL: queueUrl,
	/** The queue for report batches that the client's server never confirmed. */
	REPORTS_DEAD_LETTERS_URL: queueUrl,
	RETENTION_DAYS: z.coerce.number().int().positive(),
	/** "yes" allows webhooks on loopback and private addresses: for the local stack only, never in the cloud. */
	PRIVATE_WEBHOOKS: z.enum(["yes", "no"]),
});

export const checkDueEnv = z.object({
	...metricsVariables,
	...counts,
	MESSAGES_TABLE: name,
	REPORTS_TABLE: name,
	SLOTS_TABLE: name,
	LANE_QUEUE_URLS: laneUrls,
	DUE_SHARDS_QUEUE_URL: queueUrl,
	REPORTS_QUEUE_URL: queueUrl,
});

export const laneDeadLettersEnv = z.object({
	...metricsVariables,
	...counts,
	MESSAGES_TABLE: name,
	REPORTS_TABLE: name,
	REPORTS_QUEUE_URL: queueUrl,
});

/** The canary is a client: it knows no table and no queue. */
export const sendCanaryEnv = z.object({
	...metricsVariables,
	PUBLIC_URL: z.url(),
	CANARY_ACCOUNT: z.string().min(1),
	CANARY_PASSWORD: z.string().min(1),
	CANARY_SENDER: z.string().min(1),
	CANARY_NUMBER: z.string().min(1),
});

const certificate = jsonText.pipe(z.object({ cert: z.string(), key: z.string() }));

export const smppEnv = z.object({
	...metricsVariables,
	...counts,
	...clients,
	...slotAlarms,
	NUMBERS_TABLE: name,
	MESSAGE_ID_KEY: secret,
	HEALTH_PORT: z.coerce.number().int().min(0).max(65_535),
	/** The port that clients bind to. Without SMPP_HOST the service listens on every address. */
	SMPP_PORT: z.coerce.number().int().min(0).max(65_535),
	SMPP_HOST: z.string().min(1).optional(),
	/** The port for clients over TLS, and its certificate as a JSON object. Without a certificate the port stays closed. */
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
	FINAL_TEXTS: finalText,
	SEARCH_INDEX: searchIndex,
	/** Visibility timeout of the entries of a lane or an account's queue that a task holds; it renews them at a third of it. */
	LANE_VISIBILITY_SECONDS: z.coerce.number().int().positive(),
	/** Duration of a lease. The holder renews it at a third, and stops relying on it at two thirds. */
	LEASE_SECONDS: z.coerce.number().positive(),
	/** The SMSCs to bind to: a JSON object by operator. Passwords are apart because they are secret. */
	SMSCS: jsonText.pipe(smscs),
	SMSC_PASSWORDS: jsonText.pipe(smscPasswords),
});
