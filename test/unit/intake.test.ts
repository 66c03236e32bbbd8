import { describe, expect, it } from "vitest";
import { openIntake, underWayMax } from "#smpp/clients/intake.ts";
import { anAccount, aRequest } from "#test/fakes/builders.ts";
import { aGateway } from "#test/fakes/gateways.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

const unnamed = () => ({ ...aRequest(), clientMessageId: null });

describe("the intake of what clients send by SMPP", () => {
	it("takes no more in while its bound of messages is under way, and says so at once", async () => {
		const gateway = aGateway();
		const stored = Promise.withResolvers<void>();
		const insert: typeof gateway.messages.insert = async (rows) => {
			await stored.promise;
			return await gateway.messages.insert(rows);
		};
		const intake = openIntake({ ...gateway, messages: { ...gateway.messages, insert } }, memoryLog());
		const account = anAccount();
		const accepting = Array.from({ length: underWayMax }, async () => await intake.accept(account, unnamed()));

		const over = await intake.accept(account, unnamed());
		stored.resolve();
		const kinds = (await Promise.all(accepting)).map(({ kind }) => kind);
		const after = await intake.accept(account, unnamed());

		expect(over).toMatchObject({ kind: "refused", refusal: { code: "88" } });
		expect(new Set([...kinds, after.kind])).toEqual(new Set(["accepted"]));
		expect(gateway.messages.rows.size).toBe(underWayMax + 1);
	});

	it("refuses with a system error what could not be stored, and takes in what comes then", async () => {
		const gateway = aGateway();
		let failures = 1;
		const insert: typeof gateway.messages.insert = async (rows) => {
			failures -= 1;
			if (failures >= 0) throw new Error("away");
			return await gateway.messages.insert(rows);
		};
		const intake = openIntake({ ...gateway, messages: { ...gateway.messages, insert } }, memoryLog());

		const outcomes = [await intake.accept(anAccount(), unnamed()), await intake.accept(anAccount(), unnamed())];

		expect(outcomes).toMatchObject([{ kind: "refused", refusal: { code: "8" } }, { kind: "accepted" }]);
	});
});
