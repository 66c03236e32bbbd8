import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Account, userNameMax } from "#shared/domain/accounts/account.ts";
import { wantsReport } from "#shared/domain/reports/report-batches.ts";
import { isWithin } from "#smpp/clients/allowed-network.ts";
import { openSessionLeases, type SessionLease } from "#smpp/clients/session-leases.ts";
import { anAccount } from "#test/fakes/builders.ts";
import { memoryLeases } from "#test/fakes/memory-leases.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

const address = "203.0.113.7";
const anSmppAccount = (bindsMax = 2, networks: readonly string[] | null = null) =>
	anAccount({ userName: "demo", smpp: { bindsMax, windowMax: 50, networks, reportsQueueUrl: null } });

function aTask(leases = memoryLeases(), known: { account: Account | null } = { account: anSmppAccount() }) {
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

/** The leases that are lost, by index, with their reasons. */
function lossesOf(sessionLeases: readonly (SessionLease | null)[]) {
	const lost: (readonly [number, string])[] = [];
	for (const [index, sessionLease] of sessionLeases.entries())
		void sessionLease?.lost.then((reason) => lost.push([index, reason]));
	return lost;
}

describe("an account's session leases", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	it("are limited per account, over all tasks", async () => {
		const [one, other] = [aTask(), aTask()];
		const shared = aTask(one.leases);

		const sessionLeases = [
			await one.sessionLeases.take(anSmppAccount(), address),
			await shared.sessionLeases.take(anSmppAccount(), address),
			await one.sessionLeases.take(anSmppAccount(), address),
		];

		expect(sessionLeases.map((sessionLease) => sessionLease !== null)).toEqual([true, true, false]);
		expect(await other.sessionLeases.take(anSmppAccount(), address)).not.toBeNull();
	});

	it("are different when they are taken at once", async () => {
		const { sessionLeases } = aTask();

		const taken = await Promise.all([
			sessionLeases.take(anSmppAccount(), address),
			sessionLeases.take(anSmppAccount(), address),
			sessionLeases.take(anSmppAccount(), address),
		]);

		expect(taken.filter((sessionLease) => sessionLease !== null)).toHaveLength(2);
	});

	it("are renewed while their task lives, and expire after it", async () => {
		const one = aTask();
		const sessionLease = await one.sessionLeases.take(anSmppAccount(1), address);
		const other = aTask(one.leases);

		await vi.advanceTimersByTimeAsync(10 * 60_000);
		expect(await other.sessionLeases.take(anSmppAccount(1), address)).toBeNull();
		/* Like a dead task: it neither renews nor releases the lease. */
		one.leases.release = async () => undefined;
		await sessionLease?.release();
		await vi.advanceTimersByTimeAsync(20_000);
		expect(await other.sessionLeases.take(anSmppAccount(1), address)).toBeNull();
		await vi.advanceTimersByTimeAsync(10_000);
		expect(await other.sessionLeases.take(anSmppAccount(1), address)).not.toBeNull();
	});

	it("are free at once when their session ends", async () => {
		const one = aTask();
		const sessionLease = await one.sessionLeases.take(anSmppAccount(1), address);

		await sessionLease?.release();
		await sessionLease?.release();

		expect(await aTask(one.leases).sessionLeases.take(anSmppAccount(1), address)).not.toBeNull();
	});

	it("are free for other tasks even if a renewal was in progress when they were released", async () => {
		const one = aTask();
		const { hold } = one.leases;
		const sessionLease = await one.sessionLeases.take(anSmppAccount(1), address);
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

		expect(await aTask(one.leases).sessionLeases.take(anSmppAccount(1), address)).not.toBeNull();
	});

	it("survive an outage, but end when another task takes the lease", async () => {
		const { leases, sessionLeases } = aTask();
		const sessionLease = await sessionLeases.take(anSmppAccount(1), address);
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
		const sessionLease = await sessionLeases.take(anSmppAccount(), address);

		known.account = anSmppAccount(9);
		await vi.advanceTimersByTimeAsync(10_000);

		expect(sessionLease?.account.smpp?.bindsMax).toBe(9);
	});

	it.each([
		["may no longer bind", { ...anSmppAccount(), smpp: null }, "the account may not bind"],
		["is disabled", { ...anSmppAccount(), disabled: true }, "the account may not bind"],
		["was deleted", null, "the account no longer exists"],
	])("end when their account %s", async (_, account, reason) => {
		const { sessionLeases, known } = aTask();
		const lost = lossesOf([await sessionLeases.take(anSmppAccount(), address)]);

		known.account = account;
		await vi.advanceTimersByTimeAsync(10_000);

		expect(lost).toEqual([[0, reason]]);
	});

	it("end when their network is no longer allowed, and only those", async () => {
		const { sessionLeases, known } = aTask();
		const taken = [
			await sessionLeases.take(anSmppAccount(), address),
			await sessionLeases.take(anSmppAccount(), "198.51.100.1"),
		];
		const lost = lossesOf(taken);

		known.account = anSmppAccount(2, ["203.0.113.0/24"]);
		await vi.advanceTimersByTimeAsync(10_000);

		expect(lost).toEqual([[1, "the address is not in the account's networks"]]);
	});

	it("end when the account's limit is lowered: the last ones first", async () => {
		const { sessionLeases, known } = aTask();
		known.account = anSmppAccount(4);
		const taken = [1, 2, 3, 4].map(async () => await sessionLeases.take(anSmppAccount(4), address));
		const lost = lossesOf(await Promise.all(taken));

		known.account = anSmppAccount(2);
		await vi.advanceTimersByTimeAsync(10_000);

		expect(lost).toEqual([2, 3].map((index) => [index, "more than 2 binds"]));
	});

	it.each([
		["its limit was raised", anSmppAccount(1), anSmppAccount(2), address],
		["its network was allowed", anSmppAccount(2, ["203.0.113.0/24"]), anSmppAccount(2), "198.51.100.1"],
	])("stay when %s just before they were taken", async (_, before, after, from) => {
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

	it("cost one read of the account per lease and minute at most", async () => {
		const { sessionLeases, known, reads } = aTask();
		known.account = anSmppAccount(9);
		for (let taken = 0; taken < 9; taken += 1) await sessionLeases.take(anSmppAccount(9), address);
		await vi.advanceTimersByTimeAsync(10_000);
		reads.count = 0;

		await vi.advanceTimersByTimeAsync(10 * 60_000);

		expect(reads.count).toBeLessThanOrEqual(10 * 9);
	});

	it("accept account names of any length", async () => {
		const { leases, sessionLeases } = aTask();
		await sessionLeases.take({ ...anSmppAccount(), userName: "u".repeat(userNameMax) }, address);

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
	])("%s is checked against the networks", (address, within) => {
		expect(isWithin(["203.0.113.0/24", "2001:db8::/32"], address)).toBe(within);
		expect(isWithin(null, address)).toBe(true);
	});
});

describe("a report of a final status", () => {
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
		["failures", "DELIVERED", "batch", true],
	] as const)(
		"is wanted with preference %s for %s, after a report batch %s: %s (A47)",
		(reportPreference, status, reportBatchId, wanted) => {
			expect(wantsReport({ reportPreference, reportBatchId }, status)).toBe(wanted);
		},
	);
});
