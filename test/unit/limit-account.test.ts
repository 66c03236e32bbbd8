import { describe, expect, it } from "vitest";
import type { Account } from "#shared/domain/accounts/account.ts";
import { admission } from "#shared/usecases/accounts/admit-request.ts";
import { type AccountLimits, accountLimits } from "#shared/usecases/limits/limit-account.ts";
import { anAccount } from "#test/fakes/builders.ts";
import { memoryQuotas, stoppedClock } from "#test/fakes/memory-stores.ts";

const limited = (requestsPerSecond: number | null, messagesPerDay: number | null) =>
	anAccount({ limits: { requestsPerSecond, messagesPerDay } });

const messages = (count: number) => Array.from({ length: count }, () => "77010000000");

type Taken = Awaited<ReturnType<AccountLimits["takeMessages"]>>;

async function givenBack(taken: Taken, count: number): Promise<void> {
	if (taken.kind === "over") throw new Error("nothing was taken");
	await taken.giveBack([...messages(count).keys()]);
}

function processes(count: number) {
	const quotas = memoryQuotas();
	const now = stoppedClock();
	return { quotas, now, each: Array.from({ length: count }, () => accountLimits({ quotas, now })) };
}

function aProcess() {
	const { quotas, now, each } = processes(1);
	const [limits] = each;
	if (limits === undefined) throw new Error("there is no process");
	return { quotas, now, limits };
}

describe("an account's limits", () => {
	it("cost no call when none are set", async () => {
		const { quotas, limits } = aProcess();
		const account = anAccount();

		const request = await limits.takeRequest(account);
		const taken = await limits.takeMessages(account, messages(1_000));
		await givenBack(taken, 1_000);

		expect([request.kind, taken.kind]).toEqual(["within", "within"]);
		expect(quotas.calls).toBe(0);
	});

	it("are the stage's for an account without a rate of its own", async () => {
		const { quotas, now } = aProcess();
		const limits = accountLimits({ quotas, now, defaultRequestsPerSecond: 2 });
		const kindsOf = async (account: Account) => {
			const kinds: string[] = [];
			for (let index = 0; index < 4; index += 1) kinds.push((await limits.takeRequest(account)).kind);
			return kinds;
		};

		expect(await kindsOf(anAccount())).toEqual(["within", "within", "over", "over"]);
		expect(await kindsOf(limited(3, null))).toEqual(["within", "within", "within", "over"]);
		expect(await kindsOf(anAccount())).toEqual(["within", "within", "over", "over"]);
	});

	it("of messages in an hour begin anew each hour, and count only what is within the day's", async () => {
		const { now, limits } = aProcess();
		const account = anAccount({
			limits: { requestsPerSecond: null, messagesPerDay: 4 },
			hourlyLimits: { messages: 3, perRecipient: null, perNumberBlock: null },
		});

		const first = [await limits.takeMessages(account, messages(3)), await limits.takeMessages(account, messages(1))];
		now.advance(60 * 60_000);
		const later = [await limits.takeMessages(account, messages(1)), await limits.takeMessages(account, messages(1))];

		expect(first).toMatchObject([{ kind: "within" }, { kind: "over", limit: "messagesPerHour", max: 3 }]);
		expect(later).toMatchObject([{ kind: "within" }, { kind: "over", limit: "messagesPerDay", max: 4 }]);
	});

	it("admit a request that counts for more than a second's limit, in a second without other requests", async () => {
		const { now, limits } = aProcess();
		const account = limited(100, null);

		const kinds = [(await limits.takeRequest(account)).kind, (await limits.takeRequest(account, 254)).kind];
		now.advance(1_000);
		for (const count of [254, 1]) kinds.push((await limits.takeRequest(account, count)).kind);
		now.advance(1_000);
		for (const count of [60, 60, 40]) kinds.push((await limits.takeRequest(account, count)).kind);

		expect(kinds).toEqual(["within", "over", "within", "over", "within", "over", "within"]);
	});

	it("admit the limit of requests in a second, then none until it is over", async () => {
		const { now, limits } = aProcess();
		const account = limited(3, null);
		now.advance(200);

		const kinds = [];
		for (let index = 0; index < 5; index += 1) kinds.push((await limits.takeRequest(account)).kind);
		const over = await limits.takeRequest(account);
		now.advance(800);
		const after = await limits.takeRequest(account);

		expect(kinds).toEqual(["within", "within", "within", "over", "over"]);
		expect(over).toEqual({ kind: "over", limit: "requestsPerSecond", max: 3, afterMs: 800 });
		expect(after.kind).toBe("within");
	});

	it("count messages until midnight in Almaty, a batch whole or not at all (A13)", async () => {
		const { now, limits } = aProcess();
		const account = limited(null, 10);

		const outcomes = [await limits.takeMessages(account, messages(7)), await limits.takeMessages(account, messages(4))];
		const smaller = await limits.takeMessages(account, messages(3));
		now.advance(13 * 3_600_000);
		const tomorrow = await limits.takeMessages(account, messages(10));

		expect(outcomes).toMatchObject([
			{ kind: "within" },
			{ kind: "over", limit: "messagesPerDay", max: 10, afterMs: 13 * 3_600_000 },
		]);
		expect([smaller.kind, tomorrow.kind]).toEqual(["within", "within"]);
	});

	it("are separate for each account", async () => {
		const { limits } = aProcess();

		const outcomes = await Promise.all([limited(1, 1), limited(1, 1)].map((account) => limits.takeRequest(account)));

		expect(outcomes).toEqual([{ kind: "within" }, { kind: "within" }]);
	});

	it("hold for all processes together, in any order of requests", async () => {
		const { each } = processes(5);
		const account = limited(100, null);

		const outcomes = await Promise.all(
			Array.from({ length: 400 }, async (_, index) => await each[index % 5]?.takeRequest(account)),
		);

		const within = outcomes.filter((outcome) => outcome?.kind === "within").length;
		expect(within).toBeLessThanOrEqual(100);
		expect(within).toBeGreaterThan(90);
	});

	it("waste little of a day's quota when several processes reserve ahead", async () => {
		const { each } = processes(10);
		const account = limited(null, 10_000);
		let within = 0;
		for (let index = 0; index < 11_000; index += 1) {
			if ((await each[index % 10]?.takeMessages(account, messages(1)))?.kind === "within") within += 1;
		}

		expect(within).toBeLessThanOrEqual(10_000);
		expect(within).toBeGreaterThan(9_800);
	});

	it("need few calls for one process's steady traffic", async () => {
		const { quotas, limits } = aProcess();
		const account = limited(null, 1_000_000);

		for (let index = 0; index < 20_000; index += 1) await limits.takeMessages(account, messages(1));

		expect(quotas.calls).toBeLessThan(100);
	});

	it("need few calls for a thousand requests at once, within and over the limit", async () => {
		const { quotas, limits } = aProcess();
		const account = limited(600, null);

		const outcomes = await Promise.all(Array.from({ length: 1_000 }, () => limits.takeRequest(account)));

		expect(outcomes.filter(({ kind }) => kind === "within")).toHaveLength(600);
		expect(quotas.calls).toBeLessThan(20);
	});

	it("make no call when the counter is known to be used up", async () => {
		const { quotas, limits } = aProcess();
		const account = limited(1, null);
		await limits.takeRequest(account);
		await limits.takeRequest(account);
		const calls = quotas.calls;

		for (let index = 0; index < 50; index += 1) await limits.takeRequest(account);

		expect(quotas.calls).toBe(calls);
	});

	it("count returned messages again", async () => {
		const { limits } = aProcess();
		const account = limited(null, 1);
		await givenBack(await limits.takeMessages(account, messages(1)), 1);

		const outcomes = [await limits.takeMessages(account, messages(1)), await limits.takeMessages(account, messages(1))];

		expect(outcomes.map(({ kind }) => kind)).toEqual(["within", "over"]);
	});

	it.each([
		["an hour", 60 * 60_000, { messages: 10 }, null],
		["a day", 24 * 60 * 60_000, {}, 10],
	])("do not credit the next window with what is given back after %s has turned", async (_, ms, hourly, perDay) => {
		const { now, limits } = aProcess();
		const account = anAccount({
			limits: { requestsPerSecond: null, messagesPerDay: perDay },
			hourlyLimits: { messages: null, perRecipient: null, perNumberBlock: null, ...hourly },
		});
		const earlier = await limits.takeMessages(account, messages(10));
		now.advance(ms);
		const within = await limits.takeMessages(account, messages(10));

		await givenBack(earlier, 10);

		expect([within.kind, (await limits.takeMessages(account, messages(1))).kind]).toEqual(["within", "over"]);
	});

	it("obey a raised limit at once", async () => {
		const { limits } = aProcess();
		const account = limited(null, 1);
		await limits.takeMessages(account, messages(1));
		const before = await limits.takeMessages(account, messages(1));

		const after = await limits.takeMessages(
			{ ...account, limits: { ...account.limits, messagesPerDay: 2 } },
			messages(1),
		);

		expect([before.kind, after.kind]).toEqual(["over", "within"]);
	});

	it("admit no request while the counter is unavailable, and recover afterwards", async () => {
		const { quotas, now } = processes(1);
		let down = true;
		const take: typeof quotas.take = async (...args) =>
			down ? Promise.reject(new Error("unavailable")) : await quotas.take(...args);
		const limits = accountLimits({ quotas: { take }, now });
		const account = limited(5, null);
		const failed = await Promise.allSettled([limits.takeRequest(account), limits.takeRequest(account)]);
		down = false;

		const outcome = await limits.takeRequest(account);

		expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
		expect(outcome.kind).toBe("within");
	});
});

describe("admission of a request", () => {
	it("counts the requests of authenticated clients only", async () => {
		const { limits } = aProcess();
		const account = limited(1, null);
		const admitRequest = admission(
			async (_, password) => (password === "right" ? { kind: "known", account } : { kind: "unknown" }),
			limits,
		);

		const wrong = await admitRequest(account.userName, "wrong", "192.0.2.1");
		const first = await admitRequest(account.userName, "right", "192.0.2.1");
		const second = await admitRequest(account.userName, "right", "192.0.2.1");

		expect([wrong.kind, first.kind, second.kind]).toEqual(["unknown", "known", "over"]);
	});
});
