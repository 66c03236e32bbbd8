import { sqsDeadEntries, sqsEntryQueue } from "#shared/aws/sqs/sqs-dead-entries.ts";
import { queueDepth } from "#shared/aws/sqs/sqs-depths.ts";
import { deadRole } from "#shared/contracts/resource-names.ts";
import type { DeadEntry } from "#shared/usecases/dead-letters/dead-entries.ts";
import { redriveDeadLetters } from "#shared/usecases/dead-letters/redrive-dead-letters.ts";
import { withLettersProgress } from "../letters-progress.ts";
import { asRecord, asSentence, type CommandOutcome } from "../output.ts";
import type { Target } from "../target.ts";

export async function deadLetterDepth(target: Target, role: string): Promise<CommandOutcome> {
	const depth = async (one: string) => await queueDepth(target.sqs, await target.queueUrl(one));
	const [queue, dead] = await Promise.all([depth(role), depth(deadRole(role))]);
	return asRecord({ dead: dead.waiting, held: dead.inFlight, waiting: queue.waiting, in_flight: queue.inFlight });
}

export async function redriven(
	target: Target,
	role: string,
	rewrite: (entry: DeadEntry) => string | null,
): Promise<CommandOutcome> {
	const [queue, dead] = await Promise.all([target.queueUrl(role), target.queueUrl(deadRole(role))]);
	const { waiting } = await queueDepth(target.sqs, dead);
	const { taken, left, complete } = await withLettersProgress(
		sqsDeadEntries(target.sqs, dead),
		waiting,
		async (deadLetters) =>
			await redriveDeadLetters({ deadLetters, queue: sqsEntryQueue(target.sqs, queue), now: Date.now, rewrite }),
	);
	const text = `${taken} moved back, ${left} left${complete ? "" : "; there are more: run the command again"}`;
	return asSentence(text, { redriven: taken, left, complete });
}
