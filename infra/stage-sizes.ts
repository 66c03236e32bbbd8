import * as z from "zod";
import { section, wholeNumber } from "./section.ts";
import { taskCpus } from "./task-sizes.ts";

/** How many days CloudWatch Logs can keep a log group. */
export const logRetentionDays = [
	1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1_096, 1_827, 2_192, 2_557, 2_922, 3_288, 3_653,
];

function oneOf(values: readonly number[]) {
	return z.int().refine((value) => values.includes(value), {
		error: ({ input }) => `must be one of ${values.join(", ")}, not ${JSON.stringify(input)}`,
	});
}

/** With less than this, one percent is no invocation at all, and its function is shut. */
export const shareMin = 100;

const consumer = wholeNumber(2, 1_000);

/** What is bought: each figure is a bound on cost or on the load that we put on others. */
export const stageSizes = section({
	/** Memory decides the CPU share of a function; 1,769 MB is one whole core. */
	functionMemoryMb: wholeNumber(128, 10_240).default(1_769),
	/** Invocations at once that this stage shares out, of its account's `quotas.lambdaConcurrency`: as much as fits, where it is alone there. */
	lambdaConcurrency: wholeNumber(shareMin, 1_000_000).exactOptional(),
	/** Invocations at once, per consumer. AWS takes no bound below 2. */
	receiptsConcurrencyMax: consumer.default(20),
	reportsConcurrencyMax: consumer.default(50),
	incomingConcurrencyMax: consumer.default(10),
	dueShardsConcurrencyMax: consumer.default(20),
	/** Rows of a slot that one `check-due` invocation takes from the due-shards queue. */
	dueShardsBatchSize: wholeNumber(1, 10).default(1),
	/** CPU units of one SMPP task; 1,024 is one core. Fargate has only some sizes of memory with each. */
	taskCpu: oneOf(taskCpus).default(1_024),
	taskMemoryMb: z.int().default(2_048),
	/** Two, so that the loss of a zone or of a task never leaves none. */
	tasks: wholeNumber(1, 100).default(2),
	/** Lane entries for each task from which on one more is started, as far as the operators allow binds. */
	backlogPerTask: wholeNumber(10, 10_000_000).default(20_000),
	/** Requests a second, and at once, that the API takes before it answers 429 by itself. */
	apiRequestsPerSecond: wholeNumber(1, 1_000_000).default(2_000),
	apiBurst: wholeNumber(1, 1_000_000).default(2_000),
	logRetentionDays: oneOf(logRetentionDays).default(30),
});

export type StageSizes = z.infer<typeof stageSizes>;
