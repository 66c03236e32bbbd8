import { describe, expect, it } from "vitest";
import type { DeadEntry, QueueEntry } from "#shared/usecases/dead-letters/dead-entries.ts";
import { redriveDeadLetters } from "#shared/usecases/dead-letters/redrive-dead-letters.ts";
import { memoryDeadLetters, stoppedClock } from "#test/fakes/memory-stores.ts";

const aDead = (body: string, index: number): DeadEntry => ({
	...{ body, group: "g", deadSince: 0, entryId: `entry ${index}`, handle: `${body}-${index}` },
});

function aRedriving(...bodies: readonly string[]) {
	const sent: QueueEntry[] = [];
	return {
		sent,
		deadLetters: memoryDeadLetters(bodies.map(aDead)),
		queue: { send: async (entries: readonly QueueEntry[]) => void sent.push(...entries) },
		now: stoppedClock(),
		rewrite: ({ body }: DeadEntry) => (body.startsWith("bad") ? null : `${body}, untried`),
	};
}

describe("giving a queue its dead letters back", () => {
	it("gives each back as if never tried, and leaves what is no entry", async () => {
		const redriving = aRedriving(...Array.from({ length: 25 }, () => "good"), "bad");

		expect(await redriveDeadLetters(redriving)).toEqual({ taken: 25, left: 1, complete: true });

		expect(redriving.sent).toEqual(Array(25).fill({ body: "good, untried", group: "g" }));
		expect(redriving.deadLetters.resting.map(({ body }) => body)).toEqual(["bad"]);
		expect(await redriving.deadLetters.receive()).toHaveLength(1);
	});

	it("takes none from where it rests before it is queued", async () => {
		const redriving = { ...aRedriving("good"), queue: { send: async () => Promise.reject(new Error("away")) } };

		await expect(redriveDeadLetters(redriving)).rejects.toThrow("away");
		expect(redriving.deadLetters.resting).toHaveLength(1);
	});
});
