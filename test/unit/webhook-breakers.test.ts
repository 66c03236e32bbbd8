import { describe, expect, it } from "vitest";
import type { CallEnd } from "#shared/domain/reports/circuit-breaker.ts";
import { type CallPermit, webhookBreakers } from "#shared/usecases/reports/webhook-breakers.ts";
import { memoryCircuitBreakers, stoppedClock } from "#test/fakes/memory-stores.ts";

const confirmed: CallEnd = { kind: "confirmed" };
const failed: CallEnd = { kind: "failed" };

const endlessPause = async () => await new Promise(() => undefined);

/** Two processes with a shared store. */
function twoProcesses() {
	const now = stoppedClock();
	const circuitBreakers = memoryCircuitBreakers();
	const one = webhookBreakers({ circuitBreakers, now, pause: endlessPause });
	return { now, circuitBreakers, one, other: webhookBreakers({ circuitBreakers, now, pause: endlessPause }) };
}

const permitFrom = async (
	gate: { admit(userName: string): Promise<CallPermit | string> },
	userName = "a",
): Promise<CallPermit> => {
	const permit = await gate.admit(userName);
	if (typeof permit === "string") throw new Error(`not let through: ${permit}`);
	return permit;
};

type Gate = Parameters<typeof permitFrom>[0];

const failTimes = async (gate: Gate, times: number) => {
	for (let time = 0; time < times; time += 1) await (await permitFrom(gate)).callEnded(failed);
};

/** Whether a promise has settled after all pending callbacks. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
	const pending = Symbol("pending");
	await new Promise((resolve) => setImmediate(resolve));
	return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

describe("the circuit breaker of a client's server", () => {
	it("allows three calls to a server that has not answered yet, however many wait (A40)", async () => {
		const { one } = twoProcesses();

		const waiting = Array.from({ length: 10 }, async () => await one.admit("hangs"));

		const settled = await Promise.all(waiting.map(isSettled));
		expect(settled.filter(Boolean)).toHaveLength(3);
	});

	it("allows the other calls when one is confirmed, up to fifty at once", async () => {
		const { one } = twoProcesses();
		const waiting = Array.from({ length: 60 }, async () => await permitFrom(one));

		await (await waiting[0])?.callEnded(confirmed);

		const settled = await Promise.all(waiting.map(isSettled));
		expect(settled.filter(Boolean)).toHaveLength(51);
	});

	it("rejects waiting calls when the calls before them have failed", async () => {
		const { one } = twoProcesses();
		const waiting = Array.from({ length: 10 }, async () => await one.admit("a"));

		for (const permit of await Promise.all(waiting.slice(0, 3))) await (permit as CallPermit).callEnded(failed);

		expect(new Set(await Promise.all(waiting.slice(3)))).toEqual(new Set(["open"]));
	});

	it("rejects waiting calls when none of those before them ends in time (A40)", async () => {
		const { circuitBreakers, now } = twoProcesses();
		const pauseEnd = Promise.withResolvers<void>();
		const gate = webhookBreakers({ circuitBreakers, now, pause: async () => await pauseEnd.promise });
		const waiting = Array.from({ length: 10 }, async () => await gate.admit("hangs"));
		const before = await Promise.all(waiting.map(isSettled));
		pauseEnd.resolve();

		const outcomes = await Promise.all(waiting);

		expect(before.filter(Boolean)).toHaveLength(3);
		expect(outcomes.filter((one) => one === "crowded")).toHaveLength(7);
	});

	it("delays no other account", async () => {
		const { one } = twoProcesses();
		const waiting = Array.from({ length: 10 }, async () => await one.admit("hangs"));

		const other = await one.admit("closed");

		expect(other).toMatchObject({ callEnded: expect.any(Function) });
		expect(await isSettled(waiting.at(-1) ?? Promise.resolve())).toBe(false);
	});

	it("makes no call to the store while servers answer, or fail only sometimes", async () => {
		const { one, circuitBreakers } = twoProcesses();
		for (const end of [confirmed, failed, failed, confirmed, failed, failed, confirmed]) {
			await (await permitFrom(one)).callEnded(end);
		}

		expect(circuitBreakers.calls).toEqual([]);
	});

	it("informs the other processes once when it opens", async () => {
		const { one, circuitBreakers } = twoProcesses();

		await failTimes(one, 3);

		expect([await one.admit("a"), circuitBreakers.calls]).toEqual(["open", ["open"]]);
	});

	it("allows one probe for all processes when the pause is over", async () => {
		const { one, other, now } = twoProcesses();
		await failTimes(one, 3);
		await failTimes(other, 3);
		now.advance(30_000);

		const outcomes = await Promise.all([one, one, other, other].map(async (gate) => await gate.admit("a")));

		expect(outcomes.filter((one) => one === "probing")).toHaveLength(3);
	});

	it("closes for all processes when the probe of one was confirmed", async () => {
		const { one, other, now } = twoProcesses();
		await failTimes(one, 3);
		await failTimes(other, 3);
		now.advance(30_000);
		await (await permitFrom(one)).callEnded(confirmed);

		const outcomes = [await one.admit("a"), await other.admit("a")];

		expect(outcomes.filter((one) => typeof one === "string")).toEqual([]);
	});

	it("opens for another pause in all processes when the probe of one failed", async () => {
		const { one, other, now } = twoProcesses();
		await failTimes(one, 3);
		await failTimes(other, 3);
		now.advance(30_000);
		await (await permitFrom(one)).callEnded(failed);

		const outcomes = [await one.admit("a"), await other.admit("a")];
		now.advance(30_000);
		const later = await other.admit("a");

		expect(outcomes).toEqual(["open", "open"]);
		expect(later).toMatchObject({ callEnded: expect.any(Function) });
	});

	it("allows another probe when one is never reported back", async () => {
		const { one, other, now } = twoProcesses();
		await failTimes(one, 3);
		await failTimes(other, 3);
		now.advance(30_000);
		await permitFrom(one);
		const during = await other.admit("a");
		now.advance(15_000);

		expect([during, typeof (await other.admit("a"))]).toEqual(["probing", "object"]);
	});

	it("stays open for as long as the server asked, ten minutes at most (A40)", async () => {
		const { one, now } = twoProcesses();
		await (await permitFrom(one)).callEnded({ kind: "busy", askedMs: 8 * 3_600_000 });

		now.advance(10 * 60_000 - 1);
		const early = await one.admit("a");
		now.advance(1);

		expect([early, typeof (await one.admit("a"))]).toEqual(["open", "object"]);
	});

	it("does not close earlier when another call fails after the server asked for time", async () => {
		const { one, now } = twoProcesses();
		const [first, second] = [await permitFrom(one), await permitFrom(one)];
		await first.callEnded({ kind: "busy", askedMs: 60_000 });

		await second.callEnded(failed);
		now.advance(59_999);

		expect(await one.admit("a")).toBe("open");
	});

	it("opens at once for a server that is gone (A40)", async () => {
		const { one } = twoProcesses();
		await (await permitFrom(one)).callEnded({ kind: "gone" });

		expect(await one.admit("a")).toBe("open");
	});

	it("does not wait forever for an unavailable store: the entry is redelivered", async () => {
		const { now, circuitBreakers } = twoProcesses();
		const broken = webhookBreakers({
			circuitBreakers: { ...circuitBreakers, claim: async () => Promise.reject(new Error("unavailable")) },
			now,
			pause: endlessPause,
		});
		await failTimes(broken, 3);
		now.advance(30_000);

		await expect(broken.admit("a")).rejects.toThrow("unavailable");
		expect(await broken.admit("a")).toBe("probing");
	});
});
