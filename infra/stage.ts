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
	looksConcurrencyMax: z.int().min(2).max(1_000).default(20),
	/** Rows of a slot that one `look` invocation takes from the looks queue. */
	looksBatch: z.int().min(1).max(10).default(1),
	/** CPU units of one SMPP task; 1,024 is one core. */
	taskCpu: z.int().default(1_024),
	taskMemoryMb: z.int().default(2_048),
	tasks: z.int().min(1).default(1),
	logRetentionDays: z.int().positive().default(30),
});

/** One deployment of the gateway: what differs between two of them, and nothing else. */
export const stageSchema = z.strictObject({
	/** Part of every physical name, so that two stages fit in one account. */
	name: z.string().regex(/^[a-z][a-z0-9-]{1,19}$/),
	region: z.string().min(1),
	/** Where clients reach the API: scheme and host, without a path and without a slash at its end. */
	publicUrl: z.url().regex(/[^/]$/, "must not end with a slash"),
	/** All four: what is accepted for an operator without an SMSC would never end. */
	operators: smscs.refine(
		(given) => operators.every((operator) => given[operator] !== undefined),
		`must hold each of ${operators.join(", ")}`,
	),
	retentionDays: z.int().positive().default(90),
	laneVisibilitySeconds: seconds.default(30),
	/** A function may run as long as its queue hides the batch from others, and no longer. */
	receiptsVisibilitySeconds: seconds.default(30),
	reportsVisibilitySeconds: seconds.default(40),
	looksVisibilitySeconds: seconds.default(60),
	incomingVisibilitySeconds: seconds.default(30),
	/** How long others wait for what a task held that died: a bind slot of an operator's, a session of an account's. */
	leaseSeconds: seconds.default(30),
	/** Only on one's own machine: in the cloud a webhook must not reach what is private. */
	privateWebhooks: z.boolean().default(false),
	sizes: sizes.prefault({}),
});

export type Stage = z.output<typeof stageSchema>;

/** Begins every physical name of a stage. */
export function namePrefix(stage: Stage): string {
	return prefixOf(stage.name);
}
