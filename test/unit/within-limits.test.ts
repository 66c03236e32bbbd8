import { describe, expect, it } from "vitest";
import { acceptWithinLimits } from "#lambdas/http/accept-within-limits.ts";
import { HttpProblem } from "#lambdas/http/responses.ts";
import { withinLimits } from "#lambdas/http/within-limits.ts";
import { accountLimits } from "#shared/usecases/limits/limit-account.ts";
import { anAccount, aRequest } from "#test/fakes/builders.ts";
import { aGateway } from "#test/fakes/gateways.ts";
import { memoryQuotas } from "#test/fakes/memory-stores.ts";

const account = anAccount({ hourlyLimits: { messages: null, perRecipient: 2, perNumberBlock: null } });
const one = ["77010000000"];

function aLimitedGateway() {
	const gateway = aGateway();
	const quotas = memoryQuotas();
	return { gateway, quotas, limits: accountLimits({ quotas, now: gateway.now }) };
}

const aBatch = (failFast: boolean) => ({
	failFast,
	items: Array.from({ length: 4 }, (_, index) => aRequest({ clientMessageId: `c${index}` })),
	body: "{}",
});

describe("a batch with more messages to one number than an hour allows", () => {
	it("is accepted, and the messages over the limit are reported with code 88 (R28, R39)", async () => {
		const { gateway, limits } = aLimitedGateway();

		const outcome = await acceptWithinLimits(gateway, limits, account, aBatch(false));

		const rows = [...gateway.messages.rows.values()].sort((row, other) =>
			(row.clientMessageId ?? "").localeCompare(other.clientMessageId ?? ""),
		);
		expect(outcome.kind).toBe("accepted");
		expect(rows.map(({ status, errorCode }) => [status, errorCode])).toEqual([
			["NEW", null],
			["NEW", null],
			["UNDELIVERABLE", "88"],
			["UNDELIVERABLE", "88"],
		]);
	});

	it("is refused as a whole if it is fail-fast, and counts for nothing (R27)", async () => {
		const { gateway, limits, quotas } = aLimitedGateway();

		const refusal = await acceptWithinLimits(gateway, limits, account, aBatch(true)).catch((error: unknown) => error);

		expect(refusal).toBeInstanceOf(HttpProblem);
		expect(refusal).toMatchObject({ statusCode: 429, code: "88", headers: { "retry-after": expect.any(String) } });
		expect(gateway.messages.rows.size).toBe(0);
		expect([...quotas.used.values()]).toEqual([0]);
	});
});

describe("messages that were not accepted", () => {
	it.each<[string, () => Promise<{ readonly kind: string }>]>([
		["refused", async () => ({ kind: "refused" as const })],
		["duplicates", async () => ({ kind: "duplicate" as const })],
		["not stored because of a fault", async () => await Promise.reject(new Error("no table"))],
	])("count for no limit if they are %s", async (_, accept) => {
		const { limits, quotas } = aLimitedGateway();

		await withinLimits(limits, account, one, accept).catch(() => undefined);

		expect([...quotas.used.values()]).toEqual([0]);
	});
});
