import { join, resolve } from "node:path";
import * as z from "zod";

/** What the local stack serves on its control socket, in HTTP, for `smsgw --local`. */

export const localStackInfoPath = "/local-stack";

/** The path at which it forwards the reports of one path to another server, for `smsgw listen`. */
export const forwardPath = "/forward";

/** A report that was forwarded, and its answer: one line of JSON each. */
export const forwardedReport = z.object({
	webhook_id: z.string(),
	body: z.unknown(),
	/** Null: there was no answer. */
	status: z.int().nullable(),
	answer: z.string(),
});
export type ForwardedReport = z.output<typeof forwardedReport>;

export const localStackInfo = z.object({
	region: z.string().min(1),
	prefix: z.string().min(1),
	/** The API as clients know it, base path included. */
	url: z.url(),
	/** The API as this machine reaches it, base path included. Its certificate may be for the other name. */
	ownUrl: z.url(),
	/** The webhook server, and the control server of the simulated operators; null: it runs without them. */
	localServers: z.object({ sinkUrl: z.url(), operatorsControlUrl: z.url() }).nullable(),
	endpoints: z.object({ dynamodb: z.url(), sqs: z.url() }),
	/** Allows everything at the engines. Without the demo, no other user of this machine can know it. */
	accessKey: z.string().min(1),
	/** The settings of each operator's SMSC, as far as they were given. */
	operators: z.record(z.string(), z.unknown()),
	/** By which a client_message_id becomes a message id. */
	messageIdKey: z.string().min(1),
	/** Whether webhooks may have private addresses. */
	privateWebhooks: z.boolean(),
});
export type LocalStackInfo = z.output<typeof localStackInfo>;

export const backupPath = "/backup";

/** @property folder an absolute path. */
export const backupRequest = z.strictObject({ folder: z.string().startsWith("/") });
export type BackupRequest = z.output<typeof backupRequest>;

export const backupReport = z.object({ folder: z.string(), octets: z.int(), tookMs: z.number() });
export type BackupReport = z.output<typeof backupReport>;

export const controlError = z.object({ error: z.string() });

const port = z.coerce.number().int().min(1).max(65_535);

/** The settings of `npm start` by which the command line finds its control socket. */
export const localStackEnv = z.object({
	SMSGW_HTTP_PORT: port.default(8_080),
	SMSGW_DATA: z.string().min(1).optional(),
});

/** In the folder of the data; without data in a folder of this user's, by the port of the API. */
export function controlSocketOf({
	dataPath,
	httpPort,
}: {
	readonly dataPath: string | undefined;
	readonly httpPort: number;
}): string {
	return dataPath === undefined
		? join("/tmp", `smsgw-${process.getuid?.() ?? "user"}`, `${httpPort}.sock`)
		: join(resolve(dataPath), "smsgw.sock");
}
