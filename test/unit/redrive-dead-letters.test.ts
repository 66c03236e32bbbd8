import { describe, expect, it } from "vitest";
import type { DeadEntry, QueueEntry } from "#shared/usecases/dead-letters/dead-entries.ts";
import { redriveDeadLetters } from "#shared/usecases/dead-letters/redrive-dead-letters.ts";
import { memoryDeadLetters, stoppedClock } from "#test/fakes/memory-stores.ts";

const aDeadEntry = (body: string, index: number): DeadEntry => ({
	...{ body, group: "g", deadSince: 0, entryId: `entry ${index}`, handle: `${body}-${index}` },
});

function aRedrive(...bodies: readonly string[]) {
	const sent: QueueEntry[] = [];
	return {
		sent,
		deadLetters: memoryDeadLetters(bodies.map(aDeadEntry)),
		queue: { send: async (entries: readonly QueueEntry[]) => void sent.push(...entries) },
		now: stoppedClock(),
		rewrite: ({ body }: DeadEntry) => (body.startsWith("bad") ? null : `${body}, untried`),
	};
}

describe("redriving a queue's dead letters", () => {
	it("queues each one as if never tried, and leaves entries that cannot be parsed", async () => {
		const redrive = aRedrive(...Array.from({ length: 25 }, () => "good"), "bad");

		expect(await redriveDeadLetters(redrive)).toEqual({ taken: 25, left: 1, complete: true });

		expect(redrive.sent).toEqual(Array(25).fill({ body: "good, untried", group: "g" }));
		expect(redrive.deadLetters.resting.map(({ body }) => body)).toEqual(["bad"]);
		expect(await redrive.deadLetters.receive()).toHaveLength(1);
	});

	it("queues a dead letter before it deletes it", async () => {
		const redrive = { ...aRedrive("good"), queue: { send: async () => Promise.reject(new Error("unavailable")) } };

		await expect(redriveDeadLetters(redrive)).rejects.toThrow("unavailable");
		expect(redrive.deadLetters.resting).toHaveLength(1);
	});
});
