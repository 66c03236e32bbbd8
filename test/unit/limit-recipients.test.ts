import { describe, expect, it } from "vitest";
import type { HourlyLimits } from "#shared/domain/accounts/account.ts";
import { type AccountLimits, accountLimits } from "#shared/usecases/limits/limit-account.ts";
import { anAccount } from "#test/fakes/builders.ts";
import { memoryQuotas, stoppedClock } from "#test/fakes/memory-stores.ts";

const hourMs = 60 * 60_000;

type Taken = Awaited<ReturnType<AccountLimits["takeMessages"]>>;

function within(taken: Taken) {
	if (taken.kind === "over") throw new Error("the account is over its limit");
	return taken;
}

const kindsOf = (taken: Taken, recipients: readonly string[]) =>
	recipients.map((_, index) => within(taken).overRecipients.get(index)?.kind ?? "within");

function anAccountWith(hourly: Partial<HourlyLimits>) {
	const quotas = memoryQuotas();
	const now = stoppedClock();
	const limits = accountLimits({ quotas, now });
	const account = anAccount({ hourlyLimits: { messages: null, perRecipient: null, perNumberBlock: null, ...hourly } });
	const take = async (...recipients: readonly string[]) =>
		kindsOf(await limits.takeMessages(account, recipients), recipients);
	return { quotas, now, limits, account, take };
}

const numbers = (count: number, prefix = "7701000") =>
	Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(4, "0")}`);

const withinOf = (kinds: readonly string[]) => kinds.filter((kind) => kind === "within").length;

describe("an account's limits against pumped one-time passwords", () => {
	it("cost no call when none are set", async () => {
		const { quotas, limits, account } = anAccountWith({});

		const taken = within(await limits.takeMessages(account, ["77010000000", "77010000000"]));
		await taken.giveBack([0, 1]);

		expect(taken.overRecipients.size).toBe(0);
		expect(quotas.calls).toBe(0);
	});

	it("stop codes to one number, and let others pass", async () => {
		const { take } = anAccountWith({ perRecipient: 3 });
		const kinds: string[] = [];
		for (let index = 0; index < 5; index += 1) kinds.push(...(await take("77010000000")));

		expect(kinds).toEqual(["within", "within", "within", "over", "over"]);
		expect(await take("77010000001")).toEqual(["within"]);
	});

	it("begin anew each hour, and say when", async () => {
		const { now, limits, account, take } = anAccountWith({ perRecipient: 1 });
		now.advance(hourMs / 4);
		await take("77010000000");
		const { overRecipients } = within(await limits.takeMessages(account, ["77010000000"]));

		now.advance((hourMs * 3) / 4);

		expect(overRecipients.get(0)).toEqual({ kind: "over", limit: "perRecipient", max: 1, afterMs: (hourMs * 3) / 4 });
		expect(await take("77010000000")).toEqual(["within"]);
	});

	it("stop codes to numbers in a row, and let other blocks pass", async () => {
		const { take } = anAccountWith({ perNumberBlock: 100 });

		expect(withinOf(await take(...numbers(1_000)))).toBe(100);
		expect(withinOf(await take(...numbers(20, "7702000")))).toBe(20);
	});

	it("count within one batch: the first messages get what is left", async () => {
		const { take } = anAccountWith({ perRecipient: 2 });
		await take("77010000000");

		expect(await take("77010000000", "77010000001", "77010000000", "77010000001")).toEqual([
			"within",
			"within",
			"over",
			"within",
		]);
	});

	it("are never exceeded by simultaneous requests", async () => {
		const { take } = anAccountWith({ perRecipient: 7, perNumberBlock: 50 });
		const same = Array.from({ length: 40 }, async () => await take("77010009999"));
		const others = numbers(200).map(async (number) => await take(number));

		expect(withinOf((await Promise.all(same)).flat())).toBe(7);
		expect(withinOf((await Promise.all(others)).flat())).toBe(43);
	});

	it("do not count for the number what its block refused, nor what was given back", async () => {
		const { quotas, limits, account, take } = anAccountWith({ perRecipient: 1, perNumberBlock: 1 });
		const { giveBack } = within(await limits.takeMessages(account, ["77010000000"]));

		expect(await take("77010000001")).toEqual(["over"]);
		await giveBack([0]);

		expect(await take("77010000001")).toEqual(["within"]);
		expect([...quotas.used.values()].sort()).toEqual([0, 1, 1]);
	});

	it("are apart for each account", async () => {
		const { limits, account, take } = anAccountWith({ perRecipient: 1 });
		await take("77010000000");

		const other = within(await limits.takeMessages({ ...account, userName: "another" }, ["77010000000"]));

		expect(other.overRecipients.size).toBe(0);
	});

	it("do not credit the next hour with what is given back after the hour has turned", async () => {
		const { now, limits, account, take } = anAccountWith({ perRecipient: 2, perNumberBlock: 3 });
		const recipients = ["77010000000", "77010000000"];
		const { giveBack } = within(await limits.takeMessages(account, recipients));
		now.advance(hourMs);
		await take("77010000000");
		await giveBack([0, 1]);

		expect(withinOf(await take(...Array.from({ length: 6 }, () => "77010000000")))).toBe(1);
		expect(withinOf(await take(...numbers(6)))).toBe(1);
	});

	it("take nothing back twice, nor for a message that did not count", async () => {
		const { limits, account, quotas } = anAccountWith({ perRecipient: 2 });
		const { giveBack } = within(await limits.takeMessages(account, Array(3).fill("77010000000")));

		await giveBack([0, 2]);
		await giveBack([0, 2]);

		expect([...quotas.used.values()]).toEqual([1]);
	});
});

describe("counters that do not answer", () => {
	function withFaults(fails: (counter: string, wanted: number) => boolean) {
		const quotas = memoryQuotas();
		const take: typeof quotas.take = async (counter, wanted, ...rest) => {
			if (fails(counter, wanted)) throw new Error("throttled");
			return await quotas.take(counter, wanted, ...rest);
		};
		const limits = accountLimits({ quotas: { take }, now: stoppedClock() });
		const account = anAccount({
			limits: { requestsPerSecond: null, messagesPerDay: 3 },
			hourlyLimits: { messages: 3, perRecipient: 3, perNumberBlock: 100 },
		});
		return { quotas, limits, account };
	}

	it.each<[string, (counter: string) => boolean]>([
		["a block's", (counter) => counter.includes("perNumberBlock")],
		["one recipient's", (counter) => counter.includes("perRecipient#77010000001")],
		["the account's of the hour", (counter) => /^hour#\d+#(?!per)/.test(counter)],
	])("leave nothing counted: %s (ADR 0078)", async (_, isOfCounter) => {
		let down = true;
		const { quotas, limits, account } = withFaults((counter) => down && isOfCounter(counter));
		const recipients = numbers(3);
		for (let tries = 0; tries < 3; tries += 1)
			await expect(limits.takeMessages(account, recipients)).rejects.toThrow("throttled");

		const counted = [...quotas.used].filter(([counter]) => counter.includes("#per")).map(([, used]) => used);
		down = false;

		expect(counted.every((used) => used === 0)).toBe(true);
		expect(kindsOf(await limits.takeMessages(account, recipients), recipients)).toEqual(["within", "within", "within"]);
	});

	it("fail no request whose messages are given back", async () => {
		const { limits, account } = withFaults((_, wanted) => wanted < 0);
		const { giveBack } = within(await limits.takeMessages(account, ["77010000000"]));

		await expect(giveBack([0])).resolves.toBeUndefined();
	});
});
