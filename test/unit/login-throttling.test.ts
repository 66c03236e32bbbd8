import { scryptSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Credential } from "#shared/domain/accounts/account.ts";
import {
	type FailedTries,
	neighbourhoodOf,
	networkOf,
	waitBeforeTryMs,
	withFailure,
} from "#shared/domain/accounts/login-throttling.ts";
import { fairConcurrencyLimit } from "#shared/flow/fair-concurrency-limit.ts";
import { authenticator } from "#shared/usecases/accounts/authenticate.ts";
import { anAccount } from "#test/fakes/builders.ts";
import { memoryAccounts, memoryCredentials, stoppedClock } from "#test/fakes/memory-stores.ts";

const minute = 60_000;

function failedTimes(count: number, at = 0): FailedTries | undefined {
	let tries: FailedTries | undefined;
	for (let index = 0; index < count; index += 1) tries = withFailure(tries, at);
	return tries;
}

describe("a client that guesses passwords", () => {
	it.each([
		[0, 0],
		[4, 0],
		[5, 1_000],
		[6, 2_000],
		[8, 8_000],
		[13, 256_000],
		[14, 5 * minute],
		[2_000, 5 * minute],
	])("waits, after %i failures, %i ms", (failures, waitMs) => {
		expect(waitBeforeTryMs(failedTimes(failures), 0)).toBe(waitMs);
	});

	it("waits no longer than that", () => {
		expect([waitBeforeTryMs(failedTimes(6), 1_999), waitBeforeTryMs(failedTimes(6), 2_000)]).toEqual([1, 0]);
	});

	it("starts over after a quarter of an hour without a failure", () => {
		const [soon, late] = [15 * minute - 1, 15 * minute].map((at) => withFailure(failedTimes(9), at).failed);

		expect([soon, late]).toEqual([10, 1]);
	});

	it.each([
		["192.0.2.1", "192.0.2.1"],
		["::ffff:192.0.2.1", "192.0.2.1"],
		["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
		["2001:0DB8:0001:0002::9", "2001:db8:1:2"],
		["2001:db8::1", "2001:db8:0:0"],
		["::1", "0:0:0:0"],
		["", ""],
		["nonsense", "nonsense"],
	])("belongs to a network: %s to %s", (address, network) => {
		expect(networkOf(address)).toBe(network);
	});

	it.each([
		["192.0.2.1", "192.0.2"],
		["::ffff:192.0.2.1", "192.0.2"],
		["2001:0DB8:0001:0002::9", "2001:db8:1"],
		["2001:db8::1", "2001:db8:0"],
		["", ""],
		["nonsense", "nonsense"],
	])("belongs to a neighbourhood: %s to %s", (address, neighbourhood) => {
		expect(neighbourhoodOf(address)).toBe(neighbourhood);
	});
});

/** A credential with the lowest scrypt cost. */
function cheapCredential(password: string): Credential {
	const salt = Buffer.from("salt");
	return { salt: salt.toString("base64"), hash: scryptSync(password, salt, 32, { N: 2 }).toString("base64"), cost: 2 };
}

const account = anAccount({ userName: "bank" });
const [home, elsewhere] = ["192.0.2.1", "198.51.100.7"] as const;

function anAuthenticator(
	find = memoryCredentials({ bank: [cheapCredential("right"), cheapCredential("older")] }).find,
) {
	const now = stoppedClock();
	const reads = { count: 0 };
	const logIn = authenticator({
		accounts: memoryAccounts([account]),
		credentials: {
			find: async (name) => {
				reads.count += 1;
				return await find(name);
			},
		},
		now,
	});
	const outcomeOf = async (password: string, address: string) => (await logIn("bank", password, address)).kind;
	const guess = async (times: number, address: string) => {
		for (let index = 0; index < times; index += 1) await outcomeOf(`wrong ${index}`, address);
	};
	return { logIn, outcomeOf, guess, now, reads };
}

describe("an authenticator under password guessing", () => {
	it("says when to try again, and does not check the password until then", async () => {
		const { logIn, guess, reads, now } = anAuthenticator();
		await guess(5, elsewhere);
		const before = reads.count;

		const slowed = await logIn("bank", "wrong", elsewhere);
		const right = await logIn("bank", "right", elsewhere);
		now.advance(1_000);
		const after = await logIn("bank", "right", elsewhere);

		expect([slowed, right]).toEqual([
			{ kind: "slowed", afterMs: 1_000 },
			{ kind: "slowed", afterMs: 1_000 },
		]);
		expect(reads.count).toBe(before + 1);
		expect(after).toEqual({ kind: "known", account });
	});

	it("accepts the same account from another address, before and after", async () => {
		const { outcomeOf, guess } = anAuthenticator();
		await guess(50, elsewhere);

		expect(await outcomeOf("right", home)).toBe("known");
		expect(await outcomeOf("wrong", home)).toBe("unknown");
	});

	it("accepts another account from the same address", async () => {
		const { logIn, guess } = anAuthenticator();
		await guess(50, elsewhere);

		expect((await logIn("unknown", "x", elsewhere)).kind).toBe("unknown");
	});

	it("counts a hundred simultaneous guesses as a hundred", async () => {
		const { outcomeOf, reads } = anAuthenticator();

		const kinds = await Promise.all(
			Array.from({ length: 100 }, async (_, index) => await outcomeOf(`w${index}`, home)),
		);

		expect(kinds.filter((kind) => kind === "unknown")).toHaveLength(5);
		expect(kinds.filter((kind) => kind === "slowed")).toHaveLength(95);
		expect(reads.count).toBe(5);
	});

	it("accepts a client that logged in from that address before, whatever others there do", async () => {
		const { outcomeOf, guess, now } = anAuthenticator();
		await outcomeOf("right", home);
		await guess(5, home);

		const kinds = [await outcomeOf("right", home), await outcomeOf("wrong again", home)];
		now.advance(minute);
		await guess(1, home);
		const later = [await outcomeOf("right", home), await outcomeOf("wrong again", home)];

		expect(kinds).toEqual(["known", "slowed"]);
		expect(later).toEqual(["known", "slowed"]);
	});

	it("does not count the check every minute of a cached password as a failure", async () => {
		const { outcomeOf, now } = anAuthenticator();
		for (let index = 0; index < 20; index += 1) {
			await outcomeOf("right", home);
			now.advance(minute);
		}

		expect(await outcomeOf("older", home)).toBe("known");
	});

	it("does not reveal to a guesser elsewhere that a password is right, though it was used at home", async () => {
		const { outcomeOf, guess } = anAuthenticator();
		await outcomeOf("right", home);
		await guess(5, elsewhere);

		expect(await outcomeOf("right", elsewhere)).toBe("slowed");
	});

	it("forgets the failures of a client once it logs in", async () => {
		const { outcomeOf, guess } = anAuthenticator();
		await guess(4, home);
		await outcomeOf("right", home);
		await guess(4, home);

		expect(await outcomeOf("older", home)).toBe("known");
	});

	it("counts no failure while the store is unavailable", async () => {
		let down = true;
		const stored = memoryCredentials({ bank: [cheapCredential("right")] });
		const { outcomeOf } = anAuthenticator(async (name) =>
			down ? Promise.reject(new Error("unavailable")) : await stored.find(name),
		);
		for (let index = 0; index < 20; index += 1) await expect(outcomeOf("right", home)).rejects.toThrow("unavailable");
		down = false;

		expect(await outcomeOf("right", home)).toBe("known");
	});

	it("limits the simultaneous checks, and counts no failure for the requests above the limit", async () => {
		const release = Promise.withResolvers<void>();
		const stored = memoryCredentials({ bank: [cheapCredential("right")] });
		const { outcomeOf, reads } = anAuthenticator(async (name) => {
			await release.promise;
			return await stored.find(name);
		});

		const all = Array.from({ length: 200 }, async (_, index) => await outcomeOf(`w${index}`, `192.0.2.${index}`));
		const running = reads.count;
		release.resolve();
		const kinds = await Promise.all(all);

		expect(running).toBe(2);
		expect(kinds.filter((kind) => kind === "busy")).toHaveLength(134);
		expect(await outcomeOf("right", "192.0.2.199")).toBe("known");
	});

	it.each(["", "n".repeat(65)])("reads no table for a name that no account can have: '%s'", async (userName) => {
		const { logIn, reads } = anAuthenticator();
		const kinds: string[] = [];
		for (let index = 0; index < 6; index += 1) kinds.push((await logIn(userName, `x${index}`, home)).kind);

		expect(kinds).toEqual([...Array<string>(5).fill("unknown"), "slowed"]);
		expect(reads.count).toBe(0);
	});
});

describe("a flood of logins", () => {
	/** Cheap to verify, unlike the decoy of names that do not exist. */
	const findCheap = async (name: string) => [cheapCredential(name === "bank" ? "right" : "another")];

	/** An authenticator whose credentials can be found only when the test lets it. Each call of `letOne` ends one check. */
	function aHeldAuthenticator() {
		const held: (() => void)[] = [];
		const order: string[] = [];
		const { logIn, now } = anAuthenticator(async (name) => {
			order.push(name);
			await new Promise<void>((resolve) => held.push(resolve));
			return await findCheap(name);
		});
		async function until<Value>(outcome: Promise<Value>): Promise<Value> {
			let ended = false;
			void outcome.finally(() => {
				ended = true;
			});
			while (!ended) {
				held.shift()?.();
				await new Promise((resolve) => setImmediate(resolve));
			}
			return await outcome;
		}
		return { logIn, now, order, until };
	}

	it.each([
		["one address", () => "198.51.100.7"],
		["one /24", (index: number) => `198.51.100.${index}`],
		["one /48", (index: number) => `2001:db8:7:${index}::1`],
	])("from %s lets another network have the next turn", async (_, addressOf) => {
		const { logIn, order, until } = aHeldAuthenticator();
		const flood = Array.from({ length: 500 }, async (__, index) => await logIn(`n${index}`, "x", addressOf(index)));

		const outcome = await until(logIn("bank", "right", home));

		expect(outcome.kind).toBe("known");
		expect(order.indexOf("bank")).toBeLessThanOrEqual(4);
		const kinds = (await until(Promise.all(flood))).map(({ kind }) => kind);
		expect(kinds.filter((kind) => kind === "busy").length).toBeGreaterThan(400);
	});

	it("from more networks than there are places lets a client log in that did so within the hour", async () => {
		const { logIn, now, order, until } = aHeldAuthenticator();
		await until(logIn("bank", "right", home));
		now.advance(minute);
		order.length = 0;
		const flood = Array.from({ length: 500 }, async (_, index) => await logIn(`n${index}`, "x", `10.${index}.0.1`));

		const outcome = await until(logIn("bank", "right", home));

		expect(outcome.kind).toBe("known");
		expect(order.indexOf("bank")).toBeLessThanOrEqual(3);
		await until(Promise.all(flood));
	});

	it("with many names is slowed after a hundred, and costs no more checks", async () => {
		const { logIn, reads, now } = anAuthenticator(findCheap);
		const guess = async (index: number, address: string) => (await logIn(`n${index}`, "x", address)).kind;
		for (let index = 0; index < 100; index += 1) await guess(index, elsewhere);

		const kinds = [await guess(100, elsewhere), await guess(101, home)];
		const before = reads.count;
		for (let index = 0; index < 50; index += 1) await guess(index + 200, elsewhere);
		now.advance(1_000);

		expect(kinds).toEqual(["slowed", "unknown"]);
		expect(reads.count).toBe(before);
		expect((await logIn("bank", "right", elsewhere)).kind).toBe("known");
	});
});

describe("a concurrency limit", () => {
	it("answers busy to the newest call of the owner with the most, not to a newcomer", async () => {
		const limited = fairConcurrencyLimit(1, 3);
		const first = Promise.withResolvers<void>();
		const order: string[] = [];
		const call = async (owner: string, name: string, isKnown = false) =>
			(await limited({ owner, isKnown }, async () => order.push(name))).kind;

		const running = limited({ owner: "a", isKnown: false }, async () => await first.promise);
		const calls = [call("a", "a1"), call("a", "a2"), call("a", "a3"), call("b", "b1"), call("a", "a4")];
		const known = call("c", "c1", true);
		first.resolve();

		expect((await running).kind).toBe("done");
		expect(await Promise.all(calls)).toEqual(["done", "done", "busy", "done", "busy"]);
		expect(await known).toBe("done");
		expect(order).toEqual(["c1", "a1", "b1", "a2"]);
	});

	it("runs calls in turn, continues after a failure, and has room again afterwards", async () => {
		const limited = fairConcurrencyLimit(1, 1);
		const inTurn = async <Value>(work: () => Promise<Value>) => await limited({ owner: "a", isKnown: false }, work);
		const first = Promise.withResolvers<string>();
		const order: string[] = [];

		const one = inTurn(async () => await first.promise);
		const two = inTurn(async () => order.push("two"));
		const three = await inTurn(async () => order.push("three"));
		first.reject(new Error("failed"));
		await expect(one).rejects.toThrow("failed");
		await two;

		expect(three).toEqual({ kind: "busy" });
		expect(await inTurn(async () => order.push("four"))).toEqual({ kind: "done", value: 2 });
		expect(order).toEqual(["two", "four"]);
	});
});
