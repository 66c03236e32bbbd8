import { sqsDeadEntries, sqsEntryQueue } from "#shared/aws/sqs-dead-entries.ts";
import { depthOf } from "#shared/aws/sqs-depths.ts";
import { deadRole } from "#shared/contracts/resource-names.ts";
import type { DeadEntry } from "#shared/ports.ts";
import { redrive } from "#shared/usecases/redrive.ts";
import { asRecord, asSentence, type Outcome } from "../output.ts";
import type { Place } from "../place.ts";

/** How much rests of the queue of a role, and waits there. */
export async function resting(place: Place, role: string): Promise<Outcome> {
	const depth = async (one: string) => await depthOf(place.sqs, await place.queueUrl(one));
	const [queue, dead] = await Promise.all([depth(role), depth(deadRole(role))]);
	return asRecord({ dead: dead.waiting, held: dead.inFlight, waiting: queue.waiting, in_flight: queue.inFlight });
}

/** Gives the queue of a role its dead letters back, and says how many. */
export async function redriven(
	place: Place,
	role: string,
	renewed: (entry: DeadEntry) => string | null,
): Promise<Outcome> {
	const [queue, dead] = await Promise.all([place.queueUrl(role), place.queueUrl(deadRole(role))]);
	const { taken, left, complete } = await redrive({
		deadLetters: sqsDeadEntries(place.sqs, dead),
		queue: sqsEntryQueue(place.sqs, queue),
		now: Date.now,
		renewed,
	});
	const text = `${taken} given back, ${left} left where they rest${complete ? "" : "; there are more: call it again"}`;
	return asSentence(text, { redriven: taken, left, complete });
}
