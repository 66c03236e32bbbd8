import { describe, expect, it } from "vitest";
import type { Credential } from "#shared/domain/accounts/account.ts";
import { generatePassword, newestOnly, validAt, withNewPassword } from "#shared/domain/accounts/passwords.ts";
import { authenticator, credentialFor } from "#shared/usecases/accounts/authenticate.ts";
import { anAccount } from "#test/fakes/builders.ts";
import { memoryAccounts, memoryCredentials, stoppedClock } from "#test/fakes/memory-stores.ts";

const at = Date.UTC(2026, 10, 25);
const aCredential = (salt: string, until?: number): Credential => ({
	salt,
	hash: "aGFzaA==",
	cost: 2,
	...(until !== undefined && { until }),
});
const [one, two, three] = [aCredential("1"), aCredential("2"), aCredential("3")];

describe("an account's passwords", () => {
	it("are the old and the new one while one replaces the other", () => {
		expect(withNewPassword([], one, at, null)).toEqual([one]);
		expect(withNewPassword([one], two, at, null)).toEqual([one, two]);
		expect(withNewPassword([one], two, at, at + 5)).toEqual([aCredential("1", at + 5), two]);
	});

	it("are never three, but an expired one does not count", () => {
		expect(withNewPassword([one, two], three, at, null)).toBeNull();
		expect(withNewPassword([aCredential("1", at), two], three, at, null)).toEqual([two, three]);
	});

	it("expire at once without an overlap, and never later than before", () => {
		expect(withNewPassword([one], two, at, at)).toEqual([two]);
		expect(withNewPassword([aCredential("1", at + 1)], two, at, at + 5)).toEqual([aCredential("1", at + 1), two]);
	});

	it("stay the same when one is added twice", () => {
		expect(withNewPassword([one, two], two, at, null)).toEqual([one, two]);
	});

	it("are only the newest after the old one is removed", () => {
		expect(newestOnly([one, two])).toEqual([two]);
		expect(newestOnly([])).toEqual([]);
	});

	it("are valid before their end, and not at it", () => {
		const ending = aCredential("1", at);

		expect([validAt([ending], at - 1), validAt([ending], at)]).toEqual([[ending], []]);
	});

	it("use characters that are not easily confused, if there is room", () => {
		expect(generatePassword(true, () => 0)).toBe("A".repeat(8));
		expect(generatePassword(false, (below) => below - 1)).toBe("9".repeat(32));
	});
});

describe("the authenticator", () => {
	it("refuses an expired password and a disabled account", async () => {
		const now = stoppedClock(at);
		const account = anAccount({ userName: "bank" });
		const credential = { ...(await credentialFor("secret")), until: at + 1 };
		const authenticatorOf = (disabled: boolean) =>
			authenticator({
				accounts: memoryAccounts([{ ...account, disabled }]),
				credentials: memoryCredentials({ bank: [credential] }),
				now,
			});
		const admitted = async (disabled: boolean) => (await authenticatorOf(disabled)("bank", "secret", "192.0.2.1")).kind;

		expect([await admitted(false), await admitted(true)]).toEqual(["known", "unknown"]);
		now.advance(1);
		expect(await admitted(false)).toBe("unknown");
	});
});
