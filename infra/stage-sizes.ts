import * as z from "zod";
import { section, wholeNumber } from "./section.ts";
import { taskCpus } from "./task-sizes.ts";

/** Days that CloudWatch Logs supports. */
export const logRetentionDays = [
	1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1_096, 1_827, 2_192, 2_557, 2_922, 3_288, 3_653,
];

function oneOf(values: readonly number[]) {
	return z.int().refine((value) => values.includes(value), {
		error: ({ input }) => `must be one of ${values.join(", ")}, not ${JSON.stringify(input)}`,
	});
}

/** With less, one percent is no invocation, and its function could not run. */
export const shareMin = 100;

const consumer = wholeNumber(2, 1_000);

/** Each size bounds costs, or the load on others. */
export const stageSizes = section({
	/** Memory determines a function's CPU; 1,769 MB is one core. */
	functionMemoryMb: wholeNumber(128, 10_240).default(1_769),
	/** The stage's share of its account's `quotas.lambdaConcurrency`. If absent, as much as fits for the only stage of the account. */
	lambdaConcurrency: wholeNumber(shareMin, 1_000_000).exactOptional(),
	/** Concurrent invocations of each consumer. AWS's minimum is 2. */
	receiptsConcurrencyMax: consumer.default(20),
	reportsConcurrencyMax: consumer.default(50),
	incomingConcurrencyMax: consumer.default(10),
	dueShardsConcurrencyMax: consumer.default(20),
	/** Entries of the due-shards queue in one invocation of `check-due`. */
	dueShardsBatchSize: wholeNumber(1, 10).default(1),
	/** CPU units of an SMPP task; 1,024 is one core. Fargate supports certain sizes of memory with each. */
	taskCpu: oneOf(taskCpus).default(1_024),
	taskMemoryMb: z.int().default(2_048),
	/** Two tasks survive the loss of a zone or a task. */
	tasks: wholeNumber(1, 100).default(2),
	/** If absent, the most binds of an operator, or twice `tasks`. Tasks beyond the binds serve clients only. */
	tasksMax: wholeNumber(1, 200).exactOptional(),
	/** Clients' SMPP sessions for each task on average, above which another task is started. A task takes 2,000 connections. */
	sessionsPerTask: wholeNumber(10, 1_500).default(500),
	/** Requests a second, and in a burst, above which API Gateway answers 429. */
	apiRequestsPerSecond: wholeNumber(1, 1_000_000).default(2_000),
	apiBurst: wholeNumber(1, 1_000_000).default(2_000),
	logRetentionDays: oneOf(logRetentionDays).default(30),
});

export type StageSizes = z.infer<typeof stageSizes>;
