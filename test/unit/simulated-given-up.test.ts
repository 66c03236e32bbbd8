import { describe, expect, it } from "vitest";
import type { Message, Repeats } from "#shared/domain/message/message.ts";
import { aMessage } from "#test/fakes/builders.ts";
import { givenUpChecks } from "#test/simulation/checks/given-up.ts";
import { openKernel } from "#test/simulation/kernel/kernel.ts";

/** What a task does: its name, the second, and the count that it writes, "dies", or the milliseconds of a freeze. */
type Step = readonly [task: string, second: number, what: Repeats | "dies" | number];

const count = (times: number, countId: string | undefined): Repeats => ({ segmentIndex: 0, times, countId });

/** The causes of a message that has ended unsent, after these steps. */
function causesAfter(steps: readonly Step[], end: Partial<Message> = {}): readonly string[] | undefined {
	const kernel = openKernel({ seed: 1, startAt: 0, isTraced: false });
	const givenUp = givenUpChecks(kernel);
	const tasks = new Map(steps.map(([name]) => [name, kernel.start({ name, role: "smpp" })]));
	let row = aMessage({ revision: 1 });
	for (const [name, second, what] of steps) {
		const task = tasks.get(name) ?? expect.fail();
		kernel.at(second * 1_000, undefined, () => {
			if (what === "dies") kernel.kill(task);
			else if (typeof what === "number") kernel.freeze(task, what);
			else {
				const after = { ...row, repeated: what };
				kernel.actFor(task, () => givenUp.rowChanged(row, after));
				row = after;
			}
		});
	}
	kernel.run(() => false, 100);
	return givenUp.causesOf({ ...row, status: "EXPIRED", errorCode: "18", holder: "watch", ...end });
}

const three = [
	["smpp/1", 1, count(1, "a")],
	["smpp/1", 2, "dies"],
	["smpp/2", 40, count(2, "b")],
	["smpp/2", 41, 60_000],
	["smpp/3", 80, count(3, "c")],
] as const satisfies readonly Step[];

describe("the simulator's check of messages that were given up", () => {
	it("names the death or freeze of each counted submit", () => {
		expect(causesAfter([...three, ["smpp/3", 81, "dies"]])).toEqual([
			"smpp/1 died",
			"smpp/2 was frozen until 01-01T00:01:41.000",
			"smpp/3 died",
		]);
	});

	it.each<[string, readonly Step[]]>([
		["the last task lived", three],
		["the last task died only after it should have submitted", [...three, ["smpp/3", 86, "dies"]]],
		["another task died", [...three, ["smpp/1", 81, "dies"]]],
		["one freeze is the only cause of two counts", [...three.slice(0, 4), ["smpp/2", 42, count(3, "c")]]],
	])("calls a message lost when %s", (_, steps) => {
		expect(causesAfter(steps)).toBeUndefined();
	});

	it("accepts a death before the count took effect", () => {
		const steps: readonly Step[] = [
			["smpp/1", 1, "dies"],
			["smpp/1", 2, count(1, "a")],
		];

		expect(causesAfter(steps)).toEqual(["smpp/1 died"]);
	});

	it("does not need a cause for a count that was taken back", () => {
		const steps: readonly Step[] = [
			["smpp/1", 1, count(1, "a")],
			["smpp/1", 2, count(0, undefined)],
			["smpp/2", 3, count(1, "b")],
			["smpp/2", 4, "dies"],
		];

		expect(causesAfter(steps)).toHaveLength(1);
	});

	it.each<[string, Partial<Message>]>([
		["was not at the cap", { holder: "its entry" }],
		["was delivered", { status: "DELIVERED" }],
	])("does not speak of a message that %s", (_, end) => {
		expect(causesAfter([...three, ["smpp/3", 81, "dies"]], end)).toBeUndefined();
	});
});
