import * as z from "zod";
import { prefixOf } from "#shared/contracts/resource-names.ts";
import { smscs } from "#shared/contracts/smscs.ts";
import { operators } from "#shared/domain/operators.ts";

const seconds = z.int().positive();

/** What is bought: each figure is a bound on cost or on the load that we put on others. */
const sizes = z.strictObject({
	/** Memory decides the CPU share of a function; 1,769 MB is one whole core. */
	functionMemoryMb: z.int().min(128).max(10_240).default(1_769),
	/** Invocations at once, per consumer. AWS takes no bound below 2. */
	receiptsConcurrencyMax: z.int().min(2).max(1_000).default(20),
	reportsConcurrencyMax: z.int().min(2).max(1_000).default(50),
	incomingConcurrencyMax: z.int().min(2).max(1_000).default(10),
	looksConcurrencyMax: z.int().min(2).max(1_000).default(20),
	/** Rows of a slot that one `look` invocation takes from the looks queue. */
	looksBatch: z.int().min(1).max(10).default(1),
	/** CPU units of one SMPP task; 1,024 is one core. */
	taskCpu: z.int().default(1_024),
	taskMemoryMb: z.int().default(2_048),
	tasks: z.int().min(1).default(1),
	/** Lane entries for each task from which on one more is started, as far as the operators allow binds. */
	backlogPerTask: z.int().positive().default(20_000),
	/** Requests a second, and at once, that the API takes before it answers 429 by itself. */
	apiRequestsPerSecond: z.int().positive().default(2_000),
	apiBurst: z.int().positive().default(2_000),
	logRetentionDays: z.int().positive().default(30),
});

/** What the account must be allowed; docs/deploy.md says how to ask. */
const quotas = z.strictObject({
	/** Concurrent invocations in the region: three quarters are reserved for the API, the rest is what the queues' functions share. */
	lambdaConcurrency: z.int().min(400).default(1_000),
	/** CreateSchedule calls a second, which the first message of each slot makes. */
	schedulerCreatesPerSecond: z.int().min(50).default(1_000),
});

/** One deployment of the gateway: what differs between two of them, and nothing else. */
const settings = z.strictObject({
	/** Part of every physical name, so that two stages fit in one account. */
	name: z.string().regex(/^[a-z][a-z0-9-]{1,19}$/),
	region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region, such as eu-central-1"),
	/** Where clients reach the API: scheme and host, without a path and without a slash at its end. */
	publicUrl: z.url().regex(/[^/]$/, "must not end with a slash"),
	/** All four: what is accepted for an operator without an SMSC would never end. */
	operators: smscs.refine(
		(given) => operators.every((operator) => given[operator] !== undefined),
		`must hold each of ${operators.join(", ")}`,
	),
	/** Of an ACM certificate in this region, for the host of `publicUrl`: HTTPS and SMPP in TLS stand under it. */
	certificateArn: z
		.string()
		.regex(/^arn:aws[a-z-]*:acm:/, "must be the ARN of an ACM certificate")
		.exactOptional(),
	/** Who is woken by an alarm. */
	alarmAddress: z.email().exactOptional(),
	/**
	 * Units a second that a table takes from its first minute, where less than AWS begins with (12,000 reads, 4,000 writes) would not do: a day's
	 * first campaign should not meet a cold table. Paid once, when it is raised.
	 */
	warmThroughput: z
		.record(z.string(), z.strictObject({ reads: z.int().min(12_000), writes: z.int().min(4_000) }).optional())
		.default({}),
	quotas: quotas.prefault({}),
	/** How long messages can be read (A50). One that expires later than that is kept until it has ended and is reported. */
	retentionDays: z.int().positive().default(90),
	laneVisibilitySeconds: seconds.default(30),
	/** A function may run as long as its queue hides the batch from others, and no longer. */
	receiptsVisibilitySeconds: seconds.default(30),
	reportsVisibilitySeconds: seconds.default(40),
	looksVisibilitySeconds: seconds.default(60),
	incomingVisibilitySeconds: seconds.default(30),
	/** How long others wait for what a task held that died: a bind slot of an operator's, a session of an account's. */
	leaseSeconds: seconds.default(30),
	/** How long a subscriber's message waits for its next part; a queue delays an entry by so much at most. */
	incomingWaitSeconds: seconds.max(900).default(300),
	/** Only on one's own machine: in the cloud a webhook must not reach what is private. */
	privateWebhooks: z.boolean().default(false),
	sizes: sizes.prefault({}),
});

export const stageSchema = settings.superRefine((stage, { addIssue }) => {
	const missing = (path: "certificateArn" | "alarmAddress") =>
		addIssue({ code: "custom", path: [path], message: "is needed where publicUrl is https" });
	if (stage.publicUrl.startsWith("https:")) {
		if (stage.certificateArn === undefined) missing("certificateArn");
		if (stage.alarmAddress === undefined) missing("alarmAddress");
	}
	if (stage.certificateArn !== undefined && stage.certificateArn.split(":")[3] !== stage.region) {
		addIssue({ code: "custom", path: ["certificateArn"], message: `must be of a certificate in ${stage.region}` });
	}
});

/** @throws Error that names the stage and each field that is wrong, in one line. */
export function readStage(given: z.input<typeof stageSchema>): Stage {
	const parsed = stageSchema.safeParse(given);
	if (parsed.success) return parsed.data;
	const wrong = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "the stage"}: ${message}`);
	throw new Error(`stage ${String(given.name)}: ${wrong.join("; ")}`);
}

export type Stage = z.output<typeof stageSchema>;

/** Begins every physical name of a stage. */
export function namePrefix(stage: Stage): string {
	return prefixOf(stage.name);
}
