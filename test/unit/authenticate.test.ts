import { describe, expect, it } from "vitest";
import type { Account, Credential } from "#shared/domain/accounts/account.ts";
import { type AuthenticatorDeps, authenticator, credentialFor } from "#shared/usecases/accounts/authenticate.ts";
import { cachedAccounts } from "#shared/usecases/accounts/cached-accounts.ts";
import { readMessage } from "#shared/usecases/message/read-message.ts";
import { aMessage, anAccount } from "#test/fakes/builders.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memoryAccounts, memoryCredentials, memoryReportBatches, stoppedClock } from "#test/fakes/memory-stores.ts";

/** An authenticator for requests from one address. Returns the account, null if unknown, or the reason for not checking. */
function byName(deps: AuthenticatorDeps) {
	const authenticate = authenticator(deps);
	return async (userName: string, password: string) => {
		const outcome = await authenticate(userName, password, "192.0.2.1");
		if (outcome.kind === "known") return outcome.account;
		return outcome.kind === "unknown" ? null : outcome.kind;
	};
}

/** An authenticator that counts its reads of the stores. */
function anAuthenticator(account: Account, credentials: readonly Credential[]) {
	const now = stoppedClock();
	const reads = { accounts: 0, credentials: 0 };
	const accounts = memoryAccounts([account]);
	const stored = memoryCredentials({ [account.userName]: credentials });
	const counted = <Found>(what: keyof typeof reads, find: (name: string) => Promise<Found>) => ({
		async find(name: string) {
			reads[what] += 1;
			return await find(name);
		},
	});
	const open = byName({
		accounts: counted("accounts", accounts.find),
		credentials: counted("credentials", stored.find),
		now,
	});
	return { open, reads, now };
}

const account = anAccount({ userName: "demo" });
const credential = await credentialFor("correct horse");

describe("the authenticator", () => {
	it("accepts only the account's user name and password (R3)", async () => {
		const { open } = anAuthenticator(account, [credential]);

		expect(await open("demo", "correct horse")).toEqual(account);
		expect(await open("demo", "Correct horse")).toBeNull();
		expect(await open("demo", "")).toBeNull();
		expect(await open("unknown", "correct horse")).toBeNull();
	});

	it("accepts both passwords while one replaces the other", async () => {
		const { open } = anAuthenticator(account, [credential, await credentialFor("пароль")]);

		expect([await open("demo", "correct horse"), await open("demo", "пароль")]).toEqual([account, account]);
	});

	it("accepts no password for an account without one", async () => {
		const { open } = anAuthenticator(account, []);

		expect([await open("demo", ""), await open("demo", "x")]).toEqual([null, null]);
	});

	it("checks simultaneous requests with the same password once", async () => {
		const { open, reads } = anAuthenticator(account, [credential]);

		const all = await Promise.all(Array.from({ length: 20 }, () => open("demo", "correct horse")));

		expect(new Set(all)).toEqual(new Set([account]));
		expect(reads).toEqual({ accounts: 1, credentials: 1 });
	});

	it("caches a verified password for a minute, so a revoked one works at most that long", async () => {
		const { open, reads, now } = anAuthenticator(account, [credential]);
		await open("demo", "correct horse");
		now.advance(59_999);
		await open("demo", "correct horse");
		const within = reads.credentials;
		now.advance(1);

		await open("demo", "correct horse");

		expect([within, reads.credentials]).toEqual([1, 2]);
	});

	it("does not cache a wrong password", async () => {
		const credentials: Credential[] = [];
		const { open, reads } = anAuthenticator(account, credentials);
		await open("demo", "correct horse");
		credentials.push(credential);

		const after = await open("demo", "correct horse");

		expect(after).toEqual(account);
		expect(reads.credentials).toBe(2);
	});

	it("does not cache a failure of the store", async () => {
		let down = true;
		const open = byName({
			accounts: memoryAccounts([account]),
			credentials: { find: async () => (down ? Promise.reject(new Error("unavailable")) : [credential]) },
			now: stoppedClock(),
		});
		await expect(open("demo", "correct horse")).rejects.toThrow("unavailable");
		down = false;

		expect(await open("demo", "correct horse")).toEqual(account);
	});

	it("does not confuse two pairs of name and password that join to the same text", async () => {
		const { open } = anAuthenticator(account, [credential]);
		await open("demo", "correct horse");

		expect(await open("demo\u0000correct", " horse")).toBeNull();
		expect(await open('demo","correct horse', "")).toBeNull();
	});

	it("stores a password as a salted hash, different each time", async () => {
		const [one, other] = [await credentialFor("same"), await credentialFor("same")];

		expect(one.salt).not.toBe(other.salt);
		expect(one.hash).not.toBe(other.hash);
		expect(Buffer.from(one.hash, "base64")).toHaveLength(32);
	});
});

describe("cached accounts", () => {
	it("are read once a minute, absent ones too", async () => {
		const now = stoppedClock();
		const namesRead: string[] = [];
		const stored = memoryAccounts([account]);
		const find = async (name: string) => {
			namesRead.push(name);
			return await stored.find(name);
		};
		const accounts = cachedAccounts({ find }, now);

		const found = [await accounts.find("demo"), await accounts.find("demo"), await accounts.find("unknown")];
		await accounts.find("unknown");
		now.advance(60_000);
		await accounts.find("demo");

		expect(found).toEqual([account, account, null]);
		expect(namesRead).toEqual(["demo", "unknown", "demo"]);
	});

	it("do not cache a failure of the store", async () => {
		let down = true;
		const find = async () => (down ? Promise.reject(new Error("unavailable")) : account);
		const accounts = cachedAccounts({ find }, stoppedClock());
		await expect(accounts.find("demo")).rejects.toThrow("unavailable");
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

	it("finds a message for its account, reports another account's as foreign, and an unknown one as absent (R6, A21)", async () => {
		const message = aMessage({ userName: "demo" });
		const deps = await someDeps(message);

		expect(await readMessage(deps, "demo", message.messageId)).toEqual({ kind: "found", message, informed: false });
		expect(await readMessage(deps, "other", message.messageId)).toEqual({ kind: "foreign" });
		expect(await readMessage(deps, "demo", message.messageId + 1)).toEqual({ kind: "absent" });
	});

	it("finds no message past its retention, for its own account or another (A21, A50)", async () => {
		const message = aMessage({ userName: "demo", keepUntil: stoppedClock()() });
		const deps = await someDeps(message);

		expect(await readMessage(deps, "demo", message.messageId)).toEqual({ kind: "absent" });
		expect(await readMessage(deps, "other", message.messageId)).toEqual({ kind: "absent" });
	});

	it("says whether a report of this message was confirmed, not only of another in its report batch (R31, A38)", async () => {
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
