import { describe, expect, it } from "vitest";
import type { Account } from "#shared/domain/accounts/account.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { accountLimits } from "#shared/usecases/limits/limit-account.ts";
import type { QuotaStore } from "#shared/usecases/limits/quota-store.ts";
import { openSubmitIntake } from "#smpp/clients/submit-intake.ts";
import { type ClientSubmitDeps, submitMany, submitOne } from "#smpp/clients/submits.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { anAccount } from "#test/fakes/builders.ts";
import { aGateway } from "#test/fakes/gateways.ts";
import { memoryLog, memoryQuotas } from "#test/fakes/memory-stores.ts";
import { sampleFields } from "./smpp-samples.ts";

const valid = { esm_class: 0, data_coding: 0, validity_period: "", short_message: Buffer.from("hello") };
const to = (recipient: string) => ({ dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: recipient });
const known = "77011234567";
/** A number without an operator's prefix. */
const unknown = "77991234567";

const origin = { session: "task#1", address: "203.0.113.7" };

const one = (fields: Partial<Pdu<"submit_sm">["fields"]> = {}) =>
	({
		command: "submit_sm",
		fields: { ...sampleFields.submit_sm, ...valid, ...fields },
		tlvs: [],
	}) as unknown as Pdu<"submit_sm">;
const many = (...recipients: readonly string[]) =>
	({
		command: "submit_multi",
		fields: { ...sampleFields.submit_multi, ...valid, dest_address: recipients.map(to) },
		tlvs: [],
	}) as unknown as Pdu<"submit_multi">;

/** Submits of an account with this daily quota. Its store fails this often first. */
function anAccountWithQuota(messagesPerDay: number, failures = 0, quotas?: QuotaStore) {
	const gateway = aGateway();
	const { insert } = gateway.messages;
	let left = failures;
	gateway.messages.insert = async (rows) => {
		left -= 1;
		if (left >= 0) throw new Error("the table is unavailable");
		return await insert(rows);
	};
	const limits = accountLimits({ quotas: quotas ?? memoryQuotas(), now: gateway.now });
	const submitDeps: ClientSubmitDeps = { intake: openSubmitIntake(gateway, memoryLog()), limits, now: gateway.now };
	const account: Account = anAccount({
		limits: { requestsPerSecond: null, messagesPerDay },
		hourlyLimits: { messages: null, perRecipient: messagesPerDay, perNumberBlock: quotas === undefined ? null : 100 },
	});
	const answerTo = async (pdu: Pdu<"submit_sm"> | Pdu<"submit_multi">) => {
		try {
			const isOne = pdu.command === "submit_sm";
			const answer = isOne
				? await submitOne(submitDeps, account, pdu, origin)
				: await submitMany(submitDeps, account, pdu, origin);
			return answer.command_status;
		} catch (error) {
			return error instanceof Refusal ? error.code : String(error);
		}
	};
	return { answerTo };
}

describe("a client's daily quota", () => {
	it.each([
		["was refused", one({ destination_addr: unknown }), 0, "34"],
		["could not be stored", one(), 1, "8"],
	])("does not count a message that %s (A47)", async (_, pdu, failures, code) => {
		const { answerTo } = anAccountWithQuota(1, failures);

		const answers = [await answerTo(pdu), await answerTo(one()), await answerTo(one())];

		expect(answers).toEqual([code, 0, "88"]);
	});

	it("counts only the accepted messages of a submit_multi (A47)", async () => {
		const { answerTo } = anAccountWithQuota(3);

		const answers = [await answerTo(many(known, unknown, known)), await answerTo(one()), await answerTo(one())];

		expect(answers).toEqual([0, 0, "88"]);
	});

	it("does not count a message whose other limits could not be read", async () => {
		const quotas = memoryQuotas();
		let down = true;
		const take: QuotaStore["take"] = async (counter, ...rest) => {
			if (down && counter.includes("perNumberBlock")) throw new Error("throttled");
			return await quotas.take(counter, ...rest);
		};
		const { answerTo } = anAccountWithQuota(1, 0, { take });

		const failed = [await answerTo(one()), await answerTo(one())];
		down = false;

		expect(failed).toEqual(["Error: throttled", "Error: throttled"]);
		expect([await answerTo(one()), await answerTo(one())]).toEqual([0, "88"]);
	});

	it("fails no accepted message because another one could not be given back (A47)", async () => {
		const quotas = memoryQuotas();
		const take: QuotaStore["take"] = async (counter, wanted, ...rest) => {
			if (wanted < 0) throw new Error("throttled");
			return await quotas.take(counter, wanted, ...rest);
		};
		const { answerTo } = anAccountWithQuota(3, 0, { take });

		expect(await answerTo(many(known, unknown))).toBe(0);
	});
});
