import { describe, expect, it } from "vitest";
import type { HourlyLimits } from "#shared/domain/accounts/account.ts";
import { accountLimits } from "#shared/usecases/limits/limit-account.ts";
import { anAccount } from "#test/fakes/builders.ts";
import { memoryQuotas, stoppedClock } from "#test/fakes/memory-stores.ts";

const hourMs = 60 * 60_000;

function anAccountWith(hourly: Partial<HourlyLimits>) {
	const quotas = memoryQuotas();
	const now = stoppedClock();
	const limits = accountLimits({ quotas, now });
	const account = anAccount({ hourlyLimits: { messages: null, perRecipient: null, perNumberBlock: null, ...hourly } });
	const take = async (...recipients: readonly string[]) =>
		(await limits.takeRecipients(account, recipients)).map(({ kind }) => kind);
	return { quotas, now, limits, account, take };
}

const numbers = (count: number, prefix = "7701000") =>
	Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(4, "0")}`);

const withinOf = (kinds: readonly string[]) => kinds.filter((kind) => kind === "within").length;

describe("an account's limits against pumped one-time passwords", () => {
	it("cost no call when none are set", async () => {
		const { quotas, limits, account, take } = anAccountWith({});

		expect(await take("77010000000", "77010000000")).toEqual(["within", "within"]);
		await limits.giveBackRecipients(account, ["77010000000"]);
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
		const [over] = await limits.takeRecipients(account, ["77010000000"]);

		now.advance((hourMs * 3) / 4);

		expect(over).toEqual({ kind: "over", limit: "perRecipient", max: 1, afterMs: (hourMs * 3) / 4 });
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
		await take("77010000000");

		expect(await take("77010000001")).toEqual(["over"]);
		await limits.giveBackRecipients(account, ["77010000000"]);

		expect(await take("77010000001")).toEqual(["within"]);
		expect([...quotas.used.values()].sort()).toEqual([0, 1, 1]);
	});

	it("are apart for each account", async () => {
		const { limits, account, take } = anAccountWith({ perRecipient: 1 });
		await take("77010000000");

		const [other] = await limits.takeRecipients({ ...account, userName: "another" }, ["77010000000"]);

		expect(other?.kind).toBe("within");
	});
});
