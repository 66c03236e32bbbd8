import { describe, expect, it } from "vitest";
import type { Account, Credential } from "#shared/domain/accounts/account.ts";
import { type AuthenticatorDeps, authenticator, credentialFor } from "#shared/usecases/accounts/authenticate.ts";
import { cachedAccounts } from "#shared/usecases/accounts/cached-accounts.ts";
import { readMessage } from "#shared/usecases/message/read-message.ts";
import { aMessage, anAccount } from "#test/fakes/builders.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memoryAccounts, memoryCredentials, memoryReportBatches, stoppedClock } from "#test/fakes/memory-stores.ts";

/** A authenticator asked from one address, whose answer is the account, null for none, or why it did not look. */
function byName(keeping: AuthenticatorDeps) {
	const enter = authenticator(keeping);
	return async (userName: string, password: string) => {
		const outcome = await enter(userName, password, "192.0.2.1");
		if (outcome.kind === "known") return outcome.account;
		return outcome.kind === "unknown" ? null : outcome.kind;
	};
}

/** A door whose looks at the stores are counted. */
function anAuthenticator(account: Account, credentials: readonly Credential[]) {
	const now = stoppedClock();
	const looks = { accounts: 0, credentials: 0 };
	const accounts = memoryAccounts([account]);
	const stored = memoryCredentials({ [account.userName]: credentials });
	const counted = <Found>(what: keyof typeof looks, find: (name: string) => Promise<Found>) => ({
		async find(name: string) {
			looks[what] += 1;
			return await find(name);
		},
	});
	const open = byName({
		accounts: counted("accounts", accounts.find),
		credentials: counted("credentials", stored.find),
		now,
	});
	return { open, looks, now };
}

const account = anAccount({ userName: "demo" });
const credential = await credentialFor("correct horse");

describe("the authenticator", () => {
	it("lets in who has the password, and nobody else (R3)", async () => {
		const { open } = anAuthenticator(account, [credential]);

		expect(await open("demo", "correct horse")).toEqual(account);
		expect(await open("demo", "Correct horse")).toBeNull();
		expect(await open("demo", "")).toBeNull();
		expect(await open("nobody", "correct horse")).toBeNull();
	});

	it("takes either of two passwords, while one replaces the other", async () => {
		const { open } = anAuthenticator(account, [credential, await credentialFor("пароль")]);

		expect([await open("demo", "correct horse"), await open("demo", "пароль")]).toEqual([account, account]);
	});

	it("lets nobody in to an account without a password", async () => {
		const { open } = anAuthenticator(account, []);

		expect([await open("demo", ""), await open("demo", "x")]).toEqual([null, null]);
	});

	it("verifies once what is asked for together", async () => {
		const { open, looks } = anAuthenticator(account, [credential]);

		const all = await Promise.all(Array.from({ length: 20 }, () => open("demo", "correct horse")));

		expect(new Set(all)).toEqual(new Set([account]));
		expect(looks).toEqual({ accounts: 1, credentials: 1 });
	});

	it("caches a verified password for a minute, so a revoked one works at most that long", async () => {
		const { open, looks, now } = anAuthenticator(account, [credential]);
		await open("demo", "correct horse");
		now.advance(59_999);
		await open("demo", "correct horse");
		const within = looks.credentials;
		now.advance(1);

		await open("demo", "correct horse");

		expect([within, looks.credentials]).toEqual([1, 2]);
	});

	it("does not remember a wrong password", async () => {
		const credentials: Credential[] = [];
		const { open, looks } = anAuthenticator(account, credentials);
		await open("demo", "correct horse");
		credentials.push(credential);

		const after = await open("demo", "correct horse");

		expect(after).toEqual(account);
		expect(looks.credentials).toBe(2);
	});

	it("does not remember that the store was away", async () => {
		let down = true;
		const open = byName({
			accounts: memoryAccounts([account]),
			credentials: { find: async () => (down ? Promise.reject(new Error("away")) : [credential]) },
			now: stoppedClock(),
		});
		await expect(open("demo", "correct horse")).rejects.toThrow("away");
		down = false;

		expect(await open("demo", "correct horse")).toEqual(account);
	});

	it("does not take one name and password for another that is joined the same way", async () => {
		const { open } = anAuthenticator(account, [credential]);
		await open("demo", "correct horse");

		expect(await open("demo\u0000correct", " horse")).toBeNull();
		expect(await open('demo","correct horse', "")).toBeNull();
	});

	it("stores a password as nothing that holds it, and never twice alike", async () => {
		const [one, other] = [await credentialFor("same"), await credentialFor("same")];

		expect(one.salt).not.toBe(other.salt);
		expect(one.hash).not.toBe(other.hash);
		expect(Buffer.from(one.hash, "base64")).toHaveLength(32);
	});
});

describe("accounts that are remembered", () => {
	it("are read once a minute, the absent ones too", async () => {
		const now = stoppedClock();
		const asked: string[] = [];
		const stored = memoryAccounts([account]);
		const find = async (name: string) => {
			asked.push(name);
			return await stored.find(name);
		};
		const accounts = cachedAccounts({ find }, now);

		const found = [await accounts.find("demo"), await accounts.find("demo"), await accounts.find("nobody")];
		await accounts.find("nobody");
		now.advance(60_000);
		await accounts.find("demo");

		expect(found).toEqual([account, account, null]);
		expect(asked).toEqual(["demo", "nobody", "demo"]);
	});

	it("do not remember that the store was away", async () => {
		let down = true;
		const find = async () => (down ? Promise.reject(new Error("away")) : account);
		const accounts = cachedAccounts({ find }, stoppedClock());
		await expect(accounts.find("demo")).rejects.toThrow("away");
		down = false;

		expect(await accounts.find("demo")).toEqual(account);
	});
});

describe("reading a message", () => {
	async function someDeps(message = aMessage()) {
		const messages = memoryMessages(stoppedClock());
		await messages.insert([message]);
		return { messages, reportBatches: memoryReportBatches() };
	}

	it("finds it for the account that sent it, tells others that it is another's, and what never was is absent (R6, A21)", async () => {
		const message = aMessage({ userName: "demo" });
		const deps = await someDeps(message);

		expect(await readMessage(deps, "demo", message.messageId)).toEqual({ kind: "found", message, informed: false });
		expect(await readMessage(deps, "other", message.messageId)).toEqual({ kind: "foreign" });
		expect(await readMessage(deps, "demo", message.messageId + 1)).toEqual({ kind: "absent" });
	});

	it("is absent past its retention, for strangers and its own alike (A21, A50)", async () => {
		const message = aMessage({ userName: "demo", keepUntil: stoppedClock()() });
		const deps = await someDeps(message);

		expect(await readMessage(deps, "demo", message.messageId)).toEqual({ kind: "absent" });
		expect(await readMessage(deps, "other", message.messageId)).toEqual({ kind: "absent" });
	});

	it("knows whether a report of its own end was confirmed, not only another's of its report batch (R31, A38)", async () => {
		const message = aMessage({ userName: "demo", status: "EXPIRED", reportBatchId: "p" });
		const deps = await someDeps(message);
		const informed = async () => {
			const found = await readMessage(deps, "demo", message.messageId);
			return found.kind === "found" && found.informed;
		};

		const before = await informed();
		await deps.reportBatches.confirm(
			{ reportBatchId: "p", userName: "demo", messageIds: [message.messageId + 1] },
			0,
			0,
		);
		const others = await informed();
		await deps.reportBatches.confirm({ reportBatchId: "p", userName: "demo", messageIds: [message.messageId] }, 0, 0);

		expect([before, others, await informed()]).toEqual([false, false, true]);
	});
});
