import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Account, userNameMax } from "#shared/domain/accounts/account.ts";
import { wantsReport } from "#shared/domain/reports/report-batches.ts";
import type { LeaseStore } from "#shared/flow/lease-store.ts";
import { isWithin } from "#smpp/clients/allowed-network.ts";
import type { SessionClaim, SessionLease } from "#smpp/clients/session-lease.ts";
import { openSessionLeases } from "#smpp/clients/session-leases.ts";
import { liveSessionsReader } from "#smpp/clients/session-places.ts";
import { anAccount } from "#test/fakes/builders.ts";
import { memoryLeases } from "#test/fakes/memory-leases.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

const aClient = (address = "203.0.113.7"): SessionClaim => ({ address, isAlive: async () => true });
const anSmppAccount = (bindsMax = 2, networks: readonly string[] | null = null) =>
	anAccount({
		userName: "demo",
		smpp: { bindsMax, windowMax: 50, networks, reportsQueueUrl: null, reportsBy: "smpp" },
	});

function aTask(leases = memoryLeases(), known: { account: Account | null } = { account: anSmppAccount() }) {
	const log = memoryLog();
	const reads = { count: 0 };
	const accounts = {
		async find() {
			reads.count += 1;
			return known.account;
		},
	};
	const [writes, life] = [{ count: 0 }, { isDead: false }];
	const ownLeases: LeaseStore = {
		...leases,
		async hold(...given) {
			if (life.isDead) return await Promise.reject(new Error("killed"));
			writes.count += 1;
			return await leases.hold(...given);
		},
		release: async (...given) => await leases.release(...given),
	};
	const task = crypto.randomUUID();
	const sessionLeases = openSessionLeases({ leases: ownLeases, accounts, task, now: Date.now, log });
	/** It neither renews nor releases anything any more. */
	const kill = () => {
		life.isDead = true;
	};
	return { leases, known, log, reads, writes, kill, sessionLeases };
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
			await one.sessionLeases.take(anSmppAccount(), aClient()),
			await shared.sessionLeases.take(anSmppAccount(), aClient()),
			await one.sessionLeases.take(anSmppAccount(), aClient()),
		];

		expect(sessionLeases.map((sessionLease) => sessionLease !== null)).toEqual([true, true, false]);
		expect(await other.sessionLeases.take(anSmppAccount(), aClient())).not.toBeNull();
	});

	it("are different when they are taken at once", async () => {
		const { sessionLeases } = aTask();

		const taken = await Promise.all([
			sessionLeases.take(anSmppAccount(), aClient()),
			sessionLeases.take(anSmppAccount(), aClient()),
			sessionLeases.take(anSmppAccount(), aClient()),
		]);

		expect(taken.filter((sessionLease) => sessionLease !== null)).toHaveLength(2);
	});

	it("count while their task lives, and are free nine seconds after it was killed", async () => {
		const one = aTask();
		await one.sessionLeases.take(anSmppAccount(1), aClient());
		const other = aTask(one.leases);
		const takeElsewhere = async () => await other.sessionLeases.take(anSmppAccount(1), aClient());

		await vi.advanceTimersByTimeAsync(2 * 60 * 60_000);
		const whileAlive = await takeElsewhere();
		one.kill();
		await vi.advanceTimersByTimeAsync(5_000);
		const soon = await takeElsewhere();
		await vi.advanceTimersByTimeAsync(4_001);

		expect([whileAlive, soon]).toEqual([null, null]);
		expect(await takeElsewhere()).not.toBeNull();
	});

	it("cost their task one write in three seconds, however many they are", async () => {
		const one = aTask();
		for (let taken = 0; taken < 64; taken += 1) await one.sessionLeases.take(anSmppAccount(64), aClient());
		one.known.account = anSmppAccount(64);
		one.writes.count = 0;

		await vi.advanceTimersByTimeAsync(30 * 60_000);

		expect(one.writes.count).toBe(600);
	});

	it("are taken with one write, beside any number of others", async () => {
		const one = aTask();
		for (let taken = 0; taken < 20; taken += 1) await one.sessionLeases.take(anSmppAccount(64), aClient());
		one.writes.count = 0;

		await one.sessionLeases.take(anSmppAccount(64), aClient());

		expect(one.writes.count).toBe(1);
	});

	it.each(["this task", "another task"])("go to a new bind when the client of one at %s is dead", async (where) => {
		const one = aTask();
		const other = where === "this task" ? one : aTask(one.leases);
		const hung = await one.sessionLeases.take(anSmppAccount(1), {
			...aClient(),
			async isAlive() {
				await hung?.release();
				return false;
			},
		});

		const first = await other.sessionLeases.take(anSmppAccount(1), aClient());
		await vi.advanceTimersByTimeAsync(3_000);
		const second = first ?? (await other.sessionLeases.take(anSmppAccount(1), aClient()));

		expect(second).not.toBeNull();
		expect(first !== null).toBe(where === "this task");
	});

	it("stay with clients that are alive, however often others try to bind", async () => {
		const one = aTask();
		const other = aTask(one.leases);
		const lost = lossesOf([await one.sessionLeases.take(anSmppAccount(1), aClient())]);

		const taken = [];
		for (let tries = 0; tries < 5; tries += 1) {
			taken.push(await one.sessionLeases.take(anSmppAccount(1), aClient()));
			taken.push(await other.sessionLeases.take(anSmppAccount(1), aClient()));
			await vi.advanceTimersByTimeAsync(4_000);
		}

		expect([...new Set(taken), ...lost]).toEqual([null]);
	});

	it("are free for a bind that comes while a session ends", async () => {
		const { leases, sessionLeases } = aTask();
		const sessionLease = await sessionLeases.take(anSmppAccount(1), aClient());
		const { release } = leases;
		const slowly = Promise.withResolvers<void>();
		leases.release = async (...given) => {
			await slowly.promise;
			await release(...given);
		};

		const released = sessionLease?.release();
		const next = sessionLeases.take(anSmppAccount(1), aClient());
		slowly.resolve();
		await released;

		expect(await next).not.toBeNull();
	});

	it("are taken back after a release that failed", async () => {
		const { leases, sessionLeases } = aTask();
		const { release } = leases;
		const sessionLease = await sessionLeases.take(anSmppAccount(1), aClient());
		leases.release = async () => await Promise.reject(new Error("no table"));
		await sessionLease?.release();
		leases.release = release;

		expect(await sessionLeases.take(anSmppAccount(1), aClient())).not.toBeNull();
	});

	it("are free at once when their session ends", async () => {
		const one = aTask();
		const sessionLease = await one.sessionLeases.take(anSmppAccount(1), aClient());

		await sessionLease?.release();
		await sessionLease?.release();

		expect(await aTask(one.leases).sessionLeases.take(anSmppAccount(1), aClient())).not.toBeNull();
	});

	it("are free for other tasks even if a renewal was in progress when they were released", async () => {
		const one = aTask();
		const { hold } = one.leases;
		const sessionLease = await one.sessionLeases.take(anSmppAccount(1), aClient());
		const sent = Promise.withResolvers<void>();
		one.leases.hold = async (...given) => {
			if (given[0].startsWith("session#")) await sent.promise;
			return await hold(...given);
		};
		await vi.advanceTimersByTimeAsync(60 * 60_000 + 10_000);

		const released = sessionLease?.release();
		await vi.advanceTimersByTimeAsync(100);
		sent.resolve();
		await released;
		one.leases.hold = hold;

		expect(await aTask(one.leases).sessionLeases.take(anSmppAccount(1), aClient())).not.toBeNull();
	});

	it("survive an outage, but end when another task has taken the lease", async () => {
		const { leases, sessionLeases } = aTask();
		const sessionLease = await sessionLeases.take(anSmppAccount(1), aClient());
		const lost = lossesOf([sessionLease]);
		const { hold } = leases;
		leases.hold = async () => await Promise.reject(new Error("no table"));

		await vi.advanceTimersByTimeAsync(120_000);
		expect(lost).toEqual([]);
		leases.hold = hold;
		leases.rows.set("session#demo#0", { holder: "another#1", until: Date.now() + 60_000 });
		await vi.advanceTimersByTimeAsync(15_000);

		expect(lost).toEqual([[0, "another task took its lease"]]);
	});

	it("follow the account's settings", async () => {
		const { sessionLeases, known } = aTask();
		const sessionLease = await sessionLeases.take(anSmppAccount(), aClient());

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
		const lost = lossesOf([await sessionLeases.take(anSmppAccount(), aClient())]);

		known.account = account;
		await vi.advanceTimersByTimeAsync(10_000);

		expect(lost).toEqual([[0, reason]]);
	});

	it("end when their network is no longer allowed, and only those", async () => {
		const { sessionLeases, known } = aTask();
		const taken = [
			await sessionLeases.take(anSmppAccount(), aClient()),
			await sessionLeases.take(anSmppAccount(), aClient("198.51.100.1")),
		];
		const lost = lossesOf(taken);

		known.account = anSmppAccount(2, ["203.0.113.0/24"]);
		await vi.advanceTimersByTimeAsync(10_000);

		expect(lost).toEqual([[1, "the address is not in the account's networks"]]);
	});

	it("end when the account's limit is lowered: the last ones first", async () => {
		const { sessionLeases, known } = aTask();
		known.account = anSmppAccount(4);
		const taken = [1, 2, 3, 4].map(async () => await sessionLeases.take(anSmppAccount(4), aClient()));
		const lost = lossesOf(await Promise.all(taken));

		known.account = anSmppAccount(2);
		await vi.advanceTimersByTimeAsync(10_000);

		expect(lost).toEqual([2, 3].map((index) => [index, "more than 2 binds"]));
	});

	it.each([
		["its limit was raised", anSmppAccount(1), anSmppAccount(2), "203.0.113.7"],
		["its network was allowed", anSmppAccount(2, ["203.0.113.0/24"]), anSmppAccount(2), "198.51.100.1"],
	])("stay when %s just before they were taken", async (_, before, after, from) => {
		const { sessionLeases, known } = aTask();
		known.account = before;
		const first = await sessionLeases.take(before, aClient());
		await vi.advanceTimersByTimeAsync(15_000);

		known.account = after;
		const second = await sessionLeases.take(after, aClient(from));
		const lost = lossesOf([first, second]);
		await vi.advanceTimersByTimeAsync(120_000);

		expect(second).not.toBeNull();
		expect(lost).toEqual([]);
	});

	it("cost one read of the account per lease and minute at most", async () => {
		const { sessionLeases, known, reads } = aTask();
		known.account = anSmppAccount(9);
		for (let taken = 0; taken < 9; taken += 1) await sessionLeases.take(anSmppAccount(9), aClient());
		await vi.advanceTimersByTimeAsync(10_000);
		reads.count = 0;

		await vi.advanceTimersByTimeAsync(10 * 60_000);

		expect(reads.count).toBeLessThanOrEqual(10 * 9);
	});

	it("accept account names of any length", async () => {
		const { leases, sessionLeases } = aTask();
		await sessionLeases.take({ ...anSmppAccount(), userName: "u".repeat(userNameMax) }, aClient());

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

describe("the live sessions of an account", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	const holdFor = async (leases: LeaseStore, lease: string, holder: string) =>
		await leases.hold(lease, holder, Date.now(), Date.now() + 60_000);

	async function aReader() {
		const leases = memoryLeases();
		await holdFor(leases, "smpp-task#away", "away");
		await holdFor(leases, "session#demo#0", "away#1");
		const holders = vi.spyOn(leases, "holders");
		const live = liveSessionsReader({ leases, now: Date.now });
		const liveOf = async (...sessions: string[]) => [...(await live(anSmppAccount(), sessions))];
		return { leases, liveOf, reads: () => holders.mock.calls.length };
	}

	it("are read again within five seconds only for a session that the last reading did not have", async () => {
		const { leases, liveOf, reads } = await aReader();
		expect(await liveOf("away#1")).toEqual(["away#1"]);
		const readsOfOne = reads();

		await holdFor(leases, "session#demo#1", "away#2");
		vi.advanceTimersByTime(4_000);
		expect(await liveOf("away#1")).toEqual(["away#1"]);
		expect(reads()).toBe(readsOfOne);

		expect(await liveOf("away#1", "away#2")).toEqual(["away#1", "away#2"]);
		expect(reads()).toBe(2 * readsOfOne);
	});

	it("are read at most once a second for sessions that are gone", async () => {
		const { liveOf, reads } = await aReader();
		await liveOf("gone#1");
		const readsOfOne = reads();

		for (let step = 0; step < 10; step++) {
			await liveOf(`gone#${step}`);
			vi.advanceTimersByTime(100);
		}
		expect(reads()).toBe(readsOfOne);

		await liveOf("gone#1");
		expect(reads()).toBe(2 * readsOfOne);
	});
});
