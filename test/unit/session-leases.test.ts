import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Account, userNameMax } from "#shared/domain/accounts/account.ts";
import { isReported } from "#shared/domain/reports/report-batches.ts";
import { isWithin } from "#smpp/clients/allowed-network.ts";
import { openSessionLeases, type SessionLease } from "#smpp/clients/session-leases.ts";
import { anAccount } from "#test/fakes/builders.ts";
import { memoryLeases } from "#test/fakes/memory-leases.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

const address = "203.0.113.7";
const anOwner = (bindsMax = 2, networks: readonly string[] | null = null) =>
	anAccount({ userName: "demo", smpp: { bindsMax, windowMax: 50, networks, reportsQueueUrl: null } });

function aTask(leases = memoryLeases(), known: { account: Account | null } = { account: anOwner() }) {
	const log = memoryLog();
	const reads = { count: 0 };
	const accounts = {
		async find() {
			reads.count += 1;
			return known.account;
		},
	};
	const sessionLeases = openSessionLeases({ leases, accounts, task: crypto.randomUUID(), now: Date.now, log });
	return { leases, known, log, reads, sessionLeases };
}

/** Which of them are lost, and why, as it comes about. */
function lossesOf(sessionLeases: readonly (SessionLease | null)[]) {
	const lost: (readonly [number, string])[] = [];
	for (const [index, sessionLease] of sessionLeases.entries())
		void sessionLease?.lost.then((reason) => lost.push([index, reason]));
	return lost;
}

describe("an account's session leases", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	it("are as many as it may have, over all tasks", async () => {
		const [one, other] = [aTask(), aTask()];
		const shared = aTask(one.leases);

		const sessionLeases = [
			await one.sessionLeases.take(anOwner(), address),
			await shared.sessionLeases.take(anOwner(), address),
			await one.sessionLeases.take(anOwner(), address),
		];

		expect(sessionLeases.map((sessionLease) => sessionLease !== null)).toEqual([true, true, false]);
		expect(await other.sessionLeases.take(anOwner(), address)).not.toBeNull();
	});

	it("taken at once are different ones", async () => {
		const { sessionLeases } = aTask();

		const taken = await Promise.all([
			sessionLeases.take(anOwner(), address),
			sessionLeases.take(anOwner(), address),
			sessionLeases.take(anOwner(), address),
		]);

		expect(taken.filter((sessionLease) => sessionLease !== null)).toHaveLength(2);
	});

	it("are kept as long as their task lives, and lapse after it", async () => {
		const one = aTask();
		const sessionLease = await one.sessionLeases.take(anOwner(1), address);
		const other = aTask(one.leases);

		await vi.advanceTimersByTimeAsync(10 * 60_000);
		expect(await other.sessionLeases.take(anOwner(1), address)).toBeNull();
		/* As a dead task would: nothing renews it, nothing gives it back. */
		one.leases.release = async () => undefined;
		await sessionLease?.release();
		await vi.advanceTimersByTimeAsync(20_000);
		expect(await other.sessionLeases.take(anOwner(1), address)).toBeNull();
		await vi.advanceTimersByTimeAsync(10_000);
		expect(await other.sessionLeases.take(anOwner(1), address)).not.toBeNull();
	});

	it("are given back at once where their session ends", async () => {
		const one = aTask();
		const sessionLease = await one.sessionLeases.take(anOwner(1), address);

		await sessionLease?.release();
		await sessionLease?.release();

		expect(await aTask(one.leases).sessionLeases.take(anOwner(1), address)).not.toBeNull();
	});

	it("are free for others though a renewal was on its way when they were released", async () => {
		const one = aTask();
		const { hold } = one.leases;
		const sessionLease = await one.sessionLeases.take(anOwner(1), address);
		const sent = Promise.withResolvers<void>();
		one.leases.hold = async (...given) => {
			await sent.promise;
			return await hold(...given);
		};
		await vi.advanceTimersByTimeAsync(10_000);

		const released = sessionLease?.release();
		await vi.advanceTimersByTimeAsync(100);
		sent.resolve();
		await released;
		one.leases.hold = hold;

		expect(await aTask(one.leases).sessionLeases.take(anOwner(1), address)).not.toBeNull();
	});

	it("survive an outage, but end when another task takes the lease", async () => {
		const { leases, sessionLeases } = aTask();
		const sessionLease = await sessionLeases.take(anOwner(1), address);
		const lost = lossesOf([sessionLease]);
		const { hold } = leases;
		leases.hold = async () => await Promise.reject(new Error("no table"));

		await vi.advanceTimersByTimeAsync(120_000);
		expect(lost).toEqual([]);
		leases.hold = hold;
		leases.rows.set("client#demo#0", { holder: "another", until: Date.now() + 60_000 });
		await vi.advanceTimersByTimeAsync(10_000);

		expect(lost).toEqual([[0, "another task took its lease"]]);
	});

	it("follow the account's settings", async () => {
		const { sessionLeases, known } = aTask();
		const sessionLease = await sessionLeases.take(anOwner(), address);

		known.account = anOwner(9);
		await vi.advanceTimersByTimeAsync(10_000);

		expect(sessionLease?.account.smpp?.bindsMax).toBe(9);
	});

	it.each([
		["may not bind any more", { ...anOwner(), smpp: null }, "the account may not bind"],
		["is disabled", { ...anOwner(), disabled: true }, "the account may not bind"],
		["is gone", null, "the account no longer exists"],
	])("end where their account %s", async (_, account, reason) => {
		const { sessionLeases, known } = aTask();
		const lost = lossesOf([await sessionLeases.take(anOwner(), address)]);

		known.account = account;
		await vi.advanceTimersByTimeAsync(10_000);

		expect(lost).toEqual([[0, reason]]);
	});

	it("end where their network is no longer allowed, and only there", async () => {
		const { sessionLeases, known } = aTask();
		const taken = [await sessionLeases.take(anOwner(), address), await sessionLeases.take(anOwner(), "198.51.100.1")];
		const lost = lossesOf(taken);

		known.account = anOwner(2, ["203.0.113.0/24"]);
		await vi.advanceTimersByTimeAsync(10_000);

		expect(lost).toEqual([[1, "the address is not in the account's networks"]]);
	});

	it("end where there are more than the account may have by now: those that came last", async () => {
		const { sessionLeases, known } = aTask();
		known.account = anOwner(4);
		const taken = [1, 2, 3, 4].map(async () => await sessionLeases.take(anOwner(4), address));
		const lost = lossesOf(await Promise.all(taken));

		known.account = anOwner(2);
		await vi.advanceTimersByTimeAsync(10_000);

		expect(lost).toEqual([2, 3].map((index) => [index, "more than 2 binds"]));
	});

	it.each([
		["its limit was raised", anOwner(1), anOwner(2), address],
		["its network was allowed", anOwner(2, ["203.0.113.0/24"]), anOwner(2), "198.51.100.1"],
	])("stand where %s just before they were taken", async (_, before, after, from) => {
		const { sessionLeases, known } = aTask();
		known.account = before;
		const first = await sessionLeases.take(before, address);
		await vi.advanceTimersByTimeAsync(15_000);

		known.account = after;
		const second = await sessionLeases.take(after, from);
		const lost = lossesOf([first, second]);
		await vi.advanceTimersByTimeAsync(120_000);

		expect(second).not.toBeNull();
		expect(lost).toEqual([]);
	});

	it("cost each a read of its account a minute at most, while they may stand", async () => {
		const { sessionLeases, known, reads } = aTask();
		known.account = anOwner(9);
		for (let taken = 0; taken < 9; taken += 1) await sessionLeases.take(anOwner(9), address);
		await vi.advanceTimersByTimeAsync(10_000);
		reads.count = 0;

		await vi.advanceTimersByTimeAsync(10 * 60_000);

		expect(reads.count).toBeLessThanOrEqual(10 * 9);
	});

	it("accept account names of any length", async () => {
		const { leases, sessionLeases } = aTask();
		await sessionLeases.take({ ...anOwner(), userName: "u".repeat(userNameMax) }, address);

		expect([...leases.rows.keys()][0]?.length).toBeLessThan(2_048);
	});
});

describe("an address", () => {
	it.each([
		["203.0.113.7", true],
		["::ffff:203.0.113.7", true],
		["203.0.114.7", false],
		["2001:db8::1", true],
		["2001:db9::1", false],
		["", false],
		["rubbish", false],
	])("%s is in the networks or not", (address, within) => {
		expect(isWithin(["203.0.113.0/24", "2001:db8::/32"], address)).toBe(within);
		expect(isWithin(null, address)).toBe(true);
	});
});

describe("a report of an end", () => {
	it.each([
		["always", "DELIVERED", null, true],
		["always", "FAILED", null, true],
		["never", "DELIVERED", null, false],
		["never", "FAILED", null, false],
		["failures", "DELIVERED", null, false],
		["failures", "ACCEPTED", null, false],
		["failures", "EXPIRED", null, true],
		["failures", "REJECTED", null, true],
		["failures", "DELETED", null, true],
		["failures", "DELIVERED", "pack", true],
	] as const)("wanted %s of %s, told before in %s: %s (A47)", (reportPreference, status, reportBatchId, wanted) => {
		expect(isReported({ reportPreference, reportBatchId }, status)).toBe(wanted);
	});
});
