import { describe, expect, it } from "vitest";
import type { Account } from "#shared/domain/accounts/account.ts";
import type { UnnamedOutcome } from "#shared/usecases/accept/accept-unnamed.ts";
import { openSubmitIntake, type SubmitIntake, underWayMax } from "#smpp/clients/submit-intake.ts";
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

/** Submits of one account until one is refused. Returns those that wait. */
async function fill(intake: SubmitIntake, account: Account) {
	const accepting: Promise<UnnamedOutcome>[] = [];
	for (;;) {
		const accept = intake.accept(account, unnamed());
		const first = await Promise.race([accept, new Promise<null>((resolve) => setImmediate(resolve, null))]);
		if (first !== null) return { accepting, refused: first };
		accepting.push(accept);
	}
}

const kindsOf = async (accepting: readonly Promise<UnnamedOutcome>[]) =>
	new Set((await Promise.all(accepting)).map(({ kind }) => kind));

describe("the intake of submits by SMPP", () => {
	it("gives one account a quarter of the room, and takes more when it has stored them", async () => {
		const { intake, store } = aSlowIntake();

		const { accepting, refused } = await fill(intake, named("greedy"));
		const other = intake.accept(named("another"), unnamed());
		store();

		expect([accepting.length, refused]).toMatchObject([underWayMax / 4, { kind: "refused", refusal: { code: "88" } }]);
		expect(await kindsOf([...accepting, other])).toEqual(new Set(["accepted"]));
		expect(await intake.accept(named("greedy"), unnamed())).toMatchObject({ kind: "accepted" });
	});

	it("has room for further accounts, however many use all that they may", async () => {
		const { gateway, intake, store } = aSlowIntake();
		const greedy = [];
		for (let index = 0; index < 12; index += 1) greedy.push((await fill(intake, named(`user-${index}`))).accepting);

		const others = Array.from({ length: 50 }, async (_, index) => await intake.accept(named(`n-${index}`), unnamed()));
		store();

		expect(await kindsOf([...greedy.flat(), ...others])).toEqual(new Set(["accepted"]));
		expect(gateway.messages.rows.size).toBeLessThanOrEqual(underWayMax);
	});

	it("writes an urgent message, and another account's, before the bulk that waits", async () => {
		const { gateway, intake, store } = aSlowIntake();
		const order: string[] = [];
		const { insert } = gateway.messages;
		gateway.messages.insert = async (rows) => {
			order.push(...rows.map(({ userName, priority }) => `${userName} ${priority}`));
			return await insert(rows);
		};
		const { accepting } = await fill(intake, named("bulk"));

		const late = [
			intake.accept(named("another"), unnamed()),
			intake.accept(named("bank"), { ...unnamed(), priority: 2 as const }),
		];
		store();
		await kindsOf([...accepting, ...late]);

		const behind = order.indexOf("bank 2");
		expect(behind).toBeLessThanOrEqual(17 * 25);
		expect(order.indexOf("another 0")).toBeLessThanOrEqual(18 * 25);
		expect(order.length).toBe(accepting.length + 2);
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
