import { sqsDeadEntries, sqsEntryQueue } from "#shared/aws/sqs-dead-entries.ts";
import { deadRole } from "#shared/contracts/resource-names.ts";
import { redrive } from "#shared/usecases/redrive.ts";
import { asSentence, type Outcome } from "../output.ts";
import type { Place } from "../place.ts";

/** Gives the queue of a role its dead letters back, and says how many. */
export async function redriven(place: Place, role: string, untried: (body: string) => string | null): Promise<Outcome> {
	const [queue, dead] = await Promise.all([place.queueUrl(role), place.queueUrl(deadRole(role))]);
	const { taken, left, complete } = await redrive({
		deadLetters: sqsDeadEntries(place.sqs, dead),
		queue: sqsEntryQueue(place.sqs, queue),
		now: Date.now,
		untried,
	});
	const text = `${taken} given back, ${left} left where they rest${complete ? "" : "; there are more: call it again"}`;
	return asSentence(text, { redriven: taken, left, complete });
}
