import { describe, expect, it } from "vitest";
import type { Account } from "#shared/domain/accounts/account.ts";
import {
	openSubmitIntake,
	type SubmitIntake,
	underWayMax,
	underWayPerAccountMax,
} from "#smpp/clients/submit-intake.ts";
import { anAccount, aRequest } from "#test/fakes/builders.ts";
import { aGateway } from "#test/fakes/gateways.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

const unnamed = () => ({ ...aRequest(), clientMessageId: null });

const named = (userName: string) => anAccount({ userName });

/** An intake whose store waits for `store`. */
function aSlowIntake() {
	const gateway = aGateway();
	const stored = Promise.withResolvers<void>();
	const insert: typeof gateway.messages.insert = async (rows) => {
		await stored.promise;
		return await gateway.messages.insert(rows);
	};
	const intake = openSubmitIntake({ ...gateway, messages: { ...gateway.messages, insert } }, memoryLog());
	return { gateway, intake, store: stored.resolve };
}

/** The maximum number of simultaneous messages of one account. */
const fill = (intake: SubmitIntake, account: Account) =>
	Array.from({ length: underWayPerAccountMax }, async () => await intake.accept(account, unnamed()));

describe("the intake of submits by SMPP", () => {
	it("refuses at once when the maximum number of messages is in progress", async () => {
		const { gateway, intake, store } = aSlowIntake();
		const accounts = Array.from({ length: underWayMax / underWayPerAccountMax }, (_, index) => named(`user-${index}`));
		const accepting = accounts.flatMap((account) => fill(intake, account));

		const over = await intake.accept(named("another"), unnamed());
		store();
		const kinds = (await Promise.all(accepting)).map(({ kind }) => kind);
		const after = await intake.accept(named("another"), unnamed());

		expect(over).toMatchObject({ kind: "refused", refusal: { code: "88" } });
		expect(new Set([...kinds, after.kind])).toEqual(new Set(["accepted"]));
		expect(gateway.messages.rows.size).toBe(underWayMax + 1);
	});

	it("leaves other accounts their share when one account uses its maximum", async () => {
		const { intake, store } = aSlowIntake();
		const accepting = fill(intake, named("greedy"));

		const over = await intake.accept(named("greedy"), unnamed());
		const other = intake.accept(named("another"), unnamed());
		store();
		const kinds = (await Promise.all([...accepting, other])).map(({ kind }) => kind);
		const after = await intake.accept(named("greedy"), unnamed());

		expect(over).toMatchObject({ kind: "refused", refusal: { code: "88" } });
		expect(new Set([...kinds, after.kind])).toEqual(new Set(["accepted"]));
	});

	it("fails what cannot be stored, and accepts what comes later", async () => {
		const gateway = aGateway();
		let failures = 1;
		const insert: typeof gateway.messages.insert = async (rows) => {
			failures -= 1;
			if (failures >= 0) throw new Error("unavailable");
			return await gateway.messages.insert(rows);
		};
		const intake = openSubmitIntake({ ...gateway, messages: { ...gateway.messages, insert } }, memoryLog());

		const outcomes = [await intake.accept(anAccount(), unnamed()), await intake.accept(anAccount(), unnamed())];

		expect(outcomes).toMatchObject([{ kind: "failed" }, { kind: "accepted" }]);
	});
});
