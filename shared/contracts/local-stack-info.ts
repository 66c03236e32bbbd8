import * as z from "zod";

/** The path at which the local stack's webhook sink serves `localStackInfo`, for `smsgw --local`. */
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
	/** The API, base path included. */
	url: z.url(),
	/** The webhook server, and the control server of the simulated operators; null: it runs without them. */
	localServers: z.object({ sinkUrl: z.url(), operatorsControlUrl: z.url() }).nullable(),
	endpoints: z.object({ dynamodb: z.url(), sqs: z.url() }),
	/** The settings of each operator's SMSC, as far as they were given. */
	operators: z.record(z.string(), z.unknown()),
});
export type LocalStackInfo = z.output<typeof localStackInfo>;
