import { describe, expect, it } from "vitest";
import { accountPage, accountsOnPage, withWebhook } from "#admin/console/account-page.ts";
import { anAccount } from "#test/fakes/builders.ts";

const named = (userName: string) => ({ userName });
const all = Array.from({ length: accountsOnPage + 3 }, (_, index) => named(`a${String(index).padStart(3, "0")}`));

describe("a page of accounts", () => {
	it("is by name, and leads to the next one", () => {
		const first = accountPage(all.toReversed(), "");
		const second = accountPage(all, first.next ?? "");

		expect(first.shown).toEqual(all.slice(0, accountsOnPage));
		expect(second).toEqual({ shown: all.slice(accountsOnPage), next: null });
	});

	it("of webhooks leaves out the accounts without one before it counts", () => {
		const without = all.map(({ userName }) => anAccount({ userName, webhook: null }));
		const webhook = { url: "https://client.example/reports", ack: "document", reports: "final" } as const;
		const { shown, next } = accountPage(withWebhook([...without, anAccount({ userName: "z", webhook })]), "");

		expect([shown.map(({ userName }) => userName), next]).toEqual([["z"], null]);
	});

	it("has no next one if it is exactly full", () => {
		expect(accountPage(all.slice(0, accountsOnPage), "").next).toBeNull();
	});
});
