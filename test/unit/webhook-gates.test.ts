import { describe, expect, it } from "vitest";
import type { CallEnd } from "#shared/domain/circuit.ts";
import { type Leave, webhookGates } from "#shared/usecases/webhook-gates.ts";
import { memoryCircuits, stoppedClock } from "#test/fakes/memory-stores.ts";

const confirmed: CallEnd = { kind: "confirmed" };
const failed: CallEnd = { kind: "failed" };

/** Nobody's patience ends. */
const patient = async () => await new Promise(() => undefined);

/** Two processes that share a store. */
function twoProcesses() {
	const now = stoppedClock();
	const circuits = memoryCircuits();
	const one = webhookGates({ circuits, now, pause: patient });
	return { now, circuits, one, other: webhookGates({ circuits, now, pause: patient }) };
}

const mustEnter = async (
	gate: { enter(userName: string): Promise<Leave | string> },
	userName = "a",
): Promise<Leave> => {
	const leave = await gate.enter(userName);
	if (typeof leave === "string") throw new Error(`not let through: ${leave}`);
	return leave;
};

type Gate = Parameters<typeof mustEnter>[0];

const failTimes = async (gate: Gate, times: number) => {
	for (let time = 0; time < times; time += 1) await (await mustEnter(gate)).ended(failed);
};

/** Whether a promise has settled by now, every callback that could settle it having run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
	const pending = Symbol("pending");
	await new Promise((resolve) => setImmediate(resolve));
	return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

describe("the gate before a client's server", () => {
	it("lets three calls through to a server that has not answered yet, however many wait (A40)", async () => {
		const { one } = twoProcesses();

		const waiting = Array.from({ length: 10 }, async () => await one.enter("hangs"));

		const settled = await Promise.all(waiting.map(isSettled));
		expect(settled.filter(Boolean)).toHaveLength(3);
	});

	it("lets the others through when one is confirmed, up to fifty at once", async () => {
		const { one } = twoProcesses();
		const waiting = Array.from({ length: 60 }, async () => await mustEnter(one));

		await (await waiting[0])?.ended(confirmed);

		const settled = await Promise.all(waiting.map(isSettled));
		expect(settled.filter(Boolean)).toHaveLength(51);
	});

	it("sends the others away when those before them have failed", async () => {
		const { one } = twoProcesses();
		const waiting = Array.from({ length: 10 }, async () => await one.enter("a"));

		for (const leave of await Promise.all(waiting.slice(0, 3))) await (leave as Leave).ended(failed);

		expect(new Set(await Promise.all(waiting.slice(3)))).toEqual(new Set(["shut"]));
	});

	it("sends the others away when none of those before them has ended in good time (A40)", async () => {
		const { circuits, now } = twoProcesses();
		const patience = Promise.withResolvers<void>();
		const gate = webhookGates({ circuits, now, pause: async () => await patience.promise });
		const waiting = Array.from({ length: 10 }, async () => await gate.enter("hangs"));
		const before = await Promise.all(waiting.map(isSettled));
		patience.resolve();

		const entered = await Promise.all(waiting);

		expect(before.filter(Boolean)).toHaveLength(3);
		expect(entered.filter((one) => one === "crowded")).toHaveLength(7);
	});

	it("holds up no other account", async () => {
		const { one } = twoProcesses();
		const waiting = Array.from({ length: 10 }, async () => await one.enter("hangs"));

		const other = await one.enter("sound");

		expect(other).toMatchObject({ ended: expect.any(Function) });
		expect(await isSettled(waiting.at(-1) ?? Promise.resolve())).toBe(false);
	});

	it("costs no call to the store while servers answer, or fail now and then", async () => {
		const { one, circuits } = twoProcesses();
		for (const end of [confirmed, failed, failed, confirmed, failed, failed, confirmed]) {
			await (await mustEnter(one)).ended(end);
		}

		expect(circuits.calls).toEqual([]);
	});

	it("tells the other processes once when it shuts", async () => {
		const { one, circuits } = twoProcesses();

		await failTimes(one, 3);

		expect([await one.enter("a"), circuits.calls]).toEqual(["shut", ["shut"]]);
	});

	it("lets one probe through over all processes when the pause is over", async () => {
		const { one, other, now } = twoProcesses();
		await failTimes(one, 3);
		await failTimes(other, 3);
		now.advance(30_000);

		const entered = await Promise.all([one, one, other, other].map(async (gate) => await gate.enter("a")));

		expect(entered.filter((one) => one === "probing")).toHaveLength(3);
	});

	it("lets all processes through again when the probe of one was confirmed", async () => {
		const { one, other, now } = twoProcesses();
		await failTimes(one, 3);
		await failTimes(other, 3);
		now.advance(30_000);
		await (await mustEnter(one)).ended(confirmed);

		const entered = [await one.enter("a"), await other.enter("a")];

		expect(entered.filter((one) => typeof one === "string")).toEqual([]);
	});

	it("shuts for all processes when the probe of one failed, for another pause", async () => {
		const { one, other, now } = twoProcesses();
		await failTimes(one, 3);
		await failTimes(other, 3);
		now.advance(30_000);
		await (await mustEnter(one)).ended(failed);

		const entered = [await one.enter("a"), await other.enter("a")];
		now.advance(30_000);
		const later = await other.enter("a");

		expect(entered).toEqual(["shut", "shut"]);
		expect(later).toMatchObject({ ended: expect.any(Function) });
	});

	it("lets another probe through where one was never heard of again", async () => {
		const { one, other, now } = twoProcesses();
		await failTimes(one, 3);
		await failTimes(other, 3);
		now.advance(30_000);
		await mustEnter(one);
		const away = await other.enter("a");
		now.advance(15_000);

		expect([away, typeof (await other.enter("a"))]).toEqual(["probing", "object"]);
	});

	it("stays shut for as long as the server asked, ten minutes at most (A40)", async () => {
		const { one, now } = twoProcesses();
		await (await mustEnter(one)).ended({ kind: "busy", askedMs: 8 * 3_600_000 });

		now.advance(10 * 60_000 - 1);
		const early = await one.enter("a");
		now.advance(1);

		expect([early, typeof (await one.enter("a"))]).toEqual(["shut", "object"]);
	});

	it("is not opened earlier by a call that fails after the server asked for time", async () => {
		const { one, now } = twoProcesses();
		const [first, second] = [await mustEnter(one), await mustEnter(one)];
		await first.ended({ kind: "busy", askedMs: 60_000 });

		await second.ended(failed);
		now.advance(59_999);

		expect(await one.enter("a")).toBe("shut");
	});

	it("shuts at once for a server that is gone (A40)", async () => {
		const { one } = twoProcesses();
		await (await mustEnter(one)).ended({ kind: "gone" });

		expect(await one.enter("a")).toBe("shut");
	});

	it("does not wait for ever for a store that is away: the entry comes again", async () => {
		const { now, circuits } = twoProcesses();
		const broken = webhookGates({
			circuits: { ...circuits, claim: async () => Promise.reject(new Error("away")) },
			now,
			pause: patient,
		});
		await failTimes(broken, 3);
		now.advance(30_000);

		await expect(broken.enter("a")).rejects.toThrow("away");
		expect(await broken.enter("a")).toBe("probing");
	});
});
