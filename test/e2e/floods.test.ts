import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GatewayProcess, LocalStack } from "#local/local-stack-options.ts";
import { percentile } from "#shared/domain/percentile.ts";
import { hostileRequest } from "#test/fakes/hostile-http.ts";
import { type Chance, chanceOf } from "#test/fakes/hostile-pdus.ts";
import { sizeOf } from "#test/size-of.ts";
import { clientOf, eventually, withConnections } from "./client.ts";
import { anEsmeOf, submitByEsme } from "./esme.ts";
import { greeds, timesOf } from "./greedy-clients.ts";
import { aFloodingSmsc, type FloodingSmsc, floodByClients, floodBySmsc, recipientOfFlood } from "./hostile-smpp.ts";
import { openTestStack } from "./local-stack.ts";
import { openFiles } from "./open-files.ts";
import { type RawAnswer, type RawHttp, rawHttp } from "./raw-http.ts";
import { type RetainedMemory, retainedMemory } from "./retained-memory.ts";
import { anSmscLogin, portOf } from "./smsc.ts";

const nightlyMs = 60 * 60_000;

/** Of the contract, and of HTTP itself: a request that is not HTTP, an unknown expectation, headers that are too long. */
const httpStatuses = new Set([200, 201, 204, 400, 401, 403, 404, 405, 409, 413, 417, 429, 431, 503]);

/** Log events that say that something broke. Lines that are no JSON are those of Node itself. */
const faults =
	/^(?:process\.exited|function\.(?:crashed|load_failed)|invocation\.failed|request\.(?:handler_)?failed)$/;

function faultsIn(file: string): readonly string[] {
	return readFileSync(file, "utf8")
		.split("\n")
		.filter((line) => {
			if (line === "") return false;
			if (!line.startsWith("{")) return true;
			const { level, event } = JSON.parse(line) as { readonly level?: string; readonly event?: string };
			return level === "error" || faults.test(event ?? "");
		});
}

/** Octets that a process may keep of a flood. */
const keptMost = 16_000_000;

const megabytes = (octets: number) => `${(octets / 1e6).toFixed(1)} MB`;

function aSeed(): number {
	const seed = Date.now() % 0x7fffffff;
	console.log(`seed ${seed}`);
	return seed;
}

describe("the gateway, flooded", () => {
	let localStack: LocalStack;
	let memory: RetainedMemory;
	let smsc: FloodingSmsc;
	let smscChance: Chance;

	beforeAll(async () => {
		memory = retainedMemory();
		smscChance = chanceOf(aSeed());
		smsc = aFloodingSmsc((below) => smscChance(below));
		const port = await portOf(smsc.server);
		localStack = await openTestStack({
			preload: memory.preload,
			operators: { altel: { ...anSmscLogin, port, binds: 2 } },
			accounts: ["flooding", "calm"].map((user_name) => ({
				account: {
					user_name,
					senders: [{ name: "SMSGW" }],
					default_time_bounds: "full" as const,
					limits: { requests_per_second: 100_000 },
					smpp: { binds: 16, window: 1_000, reports_by: "channel" as const },
				},
				password: user_name,
				reportsBySmpp: true as const,
			})),
		});
	});
	afterAll(async () => {
		await localStack?.stop();
		for (const { socket } of smsc?.lines ?? []) socket.destroy();
		smsc?.server.close();
		memory?.close();
	});

	const state = async (name: GatewayProcess) => ({
		pid: localStack.pid(name),
		octets: await memory.of(localStack.pid(name)),
		files: openFiles(localStack.pid(name), Object.values(localStack.endpoints)),
	});

	/**
	 * Floods until a flood leaves no more behind than the one before it: what a process keeps of each flood would grow with
	 * every one. Another account is served meanwhile.
	 */
	async function expectToStand(name: GatewayProcess, count: number, flood: (count: number) => Promise<void>) {
		const calm = await aCalmClient(localStack);
		await flood(count / 5);
		const states = [await state(name)];
		const growth = () => (states.at(-1)?.octets ?? 0) - (states.at(-2)?.octets ?? 0);
		do {
			await flood(count);
			states.push(await state(name));
		} while (growth() >= keptMost && states.length <= 3);
		const inFloods = calm.acceptedCount();
		const times = await calm.stop();
		const before = states[0] as (typeof states)[number];
		const after = await eventually(
			async () => await state(name),
			({ files }) => files <= before.files + 10,
		);

		const at = (part: number) => Math.round(percentile(times, part));
		console.log(
			`${states.length - 1} floods of ${count}; ${name}: ${states.map(({ octets }) => megabytes(octets)).join(", ")}; ` +
				`${before.files}, then ${after.files} open files; ` +
				`${inFloods} messages of others accepted within ${at(0.5)} ms (median), ${at(0.99)} ms (p99), ${at(1)} ms (most)`,
		);
		expect(after.pid).toBe(before.pid);
		expect(growth()).toBeLessThan(keptMost);
		expect(inFloods).toBeGreaterThan(0);
		expect(faultsIn(localStack.logFile)).toEqual([]);
	}

	const pduCount = sizeOf({ merge: 5_000, nightly: 200_000 });

	it("answers every mutated PDU of clients, keeps none, and serves others in time", {
		timeout: nightlyMs,
	}, async () => {
		const chance = chanceOf(aSeed());
		const statuses = new Map<number, number>();

		await expectToStand("smpp", pduCount, async (count) => {
			for (const [status, times] of await floodByClients(localStack.smppPort, "flooding", count, chance))
				statuses.set(status, (statuses.get(status) ?? 0) + times);
		});

		console.log(countsOf(statuses));
		expect(statuses.get(0)).toBeGreaterThan(0);
	});

	it("answers every mutated PDU of an SMSC, keeps none, and sends by its binds afterwards", {
		timeout: nightlyMs,
	}, async () => {
		smscChance = chanceOf(aSeed());
		const client = clientOf(localStack, "demo");
		const flooded = { recipient: recipientOfFlood };

		smsc.isOdd = true;
		await expectToStand("smpp", pduCount, async (count) => {
			await floodBySmsc(smsc, count, smscChance, async () => void (await client.send(flooded)));
		});
		smsc.isOdd = false;

		const id = await client.send(flooded);
		expect(await client.untilReported(id)).toMatchObject({ message_status: "DELIVERED" });
	});

	it.each(Object.entries(greeds).slice(0, sizeOf({ merge: 1, nightly: 9 })))(
		"accepts an account's messages in time while another client sends %s as fast as it can",
		async (name, begin) => {
			const count = sizeOf({ merge: 8, nightly: 100 });
			const alone = await timesOf(localStack, "calm:calm", count);

			const flood = begin(localStack, "flooding:flooding");
			await wait(1_000);
			const beside = await timesOf(localStack, "calm:calm", count);
			const { statuses, times } = await flood.stop();

			const shown = (times: readonly number[]) =>
				[0.5, 0.9, 1].map((part) => Math.round(percentile(times, part))).join(", ");
			const usual = (times: readonly number[]) => percentile(times, 0.5);
			console.log(
				`${name}: ${countsOf(statuses)}; median, p90, most: ` +
					`alone ${shown(alone)} ms, beside ${shown(beside)} ms; of the flood itself ${shown(times)} ms`,
			);
			/* All share two cores: what counts is that an account does not wait for all that another one sends (ADR 0096). */
			if (name === "single messages") expect(usual(beside) / usual(times)).toBeLessThan(0.7);
			else expect(usual(beside) / usual(alone)).toBeLessThan(25);
		},
	);

	it("answers every odd HTTP request in the contract's form, keeps none, and serves others in time (A43)", {
		timeout: nightlyMs,
	}, async () => {
		const chance = chanceOf(aSeed());
		const target = { base: new URL(localStack.url).pathname, login: "flooding:flooding" };
		const statuses = new Map<number, number>();

		async function askOne(connection: RawHttp): Promise<void> {
			const request = hostileRequest(chance, target);
			const shown = Buffer.concat(request.pieces).toString("latin1").slice(0, 1_500);
			const answer = await connection.ask(request).catch((error: unknown) => {
				throw new Error(`${shown}\n${String(error)}`);
			});
			const status = answer?.status ?? 0;
			statuses.set(status, (statuses.get(status) ?? 0) + 1);
			if (answer === undefined) return;
			expect(httpStatuses, `${status} to ${shown}`).toContain(status);
			if (status >= 400) expectErrorText(answer);
		}

		await expectToStand("lambdas", sizeOf({ merge: 2_000, nightly: 100_000 }), async (count) => {
			let left = count;
			const askAll = async () => {
				const connection = rawHttp(Number(new URL(localStack.url).port));
				while (left-- > 0) await askOne(connection);
				connection.close();
			};
			await Promise.all(Array.from({ length: 16 }, askAll));
		});

		console.log(countsOf(statuses));
		expect(statuses.get(201)).toBeGreaterThan(0);
	});
});

/** Ours, API Gateway's, or Node's, which is empty. */
function expectErrorText({ status, headers, body }: RawAnswer): void {
	if (body === "" || !headers.get("content-type")?.startsWith("application/json")) return;
	const { error_message, message = error_message } = JSON.parse(body) as Readonly<Record<string, unknown>>;
	expect([status, message]).toEqual([status, expect.stringMatching(/.../)]);
}

const countsOf = (statuses: ReadonlyMap<number, number>) =>
	[...statuses]
		.sort(([a], [b]) => a - b)
		.map(([status, times]) => `${status}: ${times}`)
		.join(", ");

/** Sends a message by REST and one by SMPP four times a second; `stop` waits for all to be delivered and gives the times to the answers. */
async function aCalmClient(
	localStack: LocalStack,
): Promise<{ acceptedCount(): number; stop(): Promise<readonly number[]> }> {
	const client = clientOf(localStack, "demo2");
	const session = await anEsmeOf(localStack, "calm");
	const ids: string[] = [];
	const times: number[] = [];
	let stopping = false;
	const timed = async <Result>(work: () => Promise<Result>): Promise<Result> => {
		const startedAt = performance.now();
		const result = await work();
		times.push(performance.now() - startedAt);
		return result;
	};
	const sending = (async () => {
		while (!stopping) {
			ids.push(await timed(async () => await client.send()));
			const { status } = await timed(async () => await submitByEsme(session));
			expect(status).toBe(0);
			await wait(250);
		}
	})();
	return {
		acceptedCount: () => times.length,
		async stop() {
			stopping = true;
			await sending;
			await session.unbind(1_000);
			await withConnections(ids, 4, async (id) => void (await client.untilReported(id)));
			return times;
		},
	};
}
