import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalStack } from "#local/local-stack-options.ts";
import { rawPdu } from "#test/unit/smpp-samples.ts";
import { clientOf, eventually, reported, sendInBatches, untilDelivered } from "./client.ts";
import { openTestStack } from "./local-stack.ts";
import { type RetainedMemory, retainedMemory } from "./retained-memory.ts";
import { anSmsc, anSmscLogin, portOf, type SubmitBehaviour, type TestSmsc } from "./smsc.ts";

/**
 * Operators whose SMSCs misbehave, beside one that behaves. Messages to the others wait and arrive later; messages to
 * the good operator arrive meanwhile.
 */

const throttled = 0x58;
const never = new Promise<never>(() => undefined);

const hangs: SubmitBehaviour = () => never;

const resets: SubmitBehaviour = (line) => {
	line.resetAndDestroy();
	return never;
};

const closesInsideAPdu: SubmitBehaviour = (line) => {
	line.end(rawPdu(0x80000004, "the beginning of an id").subarray(0, 20));
	return never;
};

const sendsGarbage: SubmitBehaviour = (line) => {
	line.write(Buffer.concat([Buffer.from("HTTP/1.1 400 Bad Request\r\n"), randomBytes(1_000)]));
	return never;
};

/** Answers what it has already read. */
const stopsReading: SubmitBehaviour = async (line, take) => {
	line.pause();
	return await take();
};

const answersSlowly: SubmitBehaviour = async (_, take) => {
	await wait(1_000);
	return await take();
};

const responseSeconds = 5;

/** After the time for a response, and before the message would be sent again. */
const answersLate: SubmitBehaviour = async (_, take) => {
	await wait((responseSeconds + 2) * 1_000);
	return await take();
};

/** Refuses every submit_sm with this command_status; the second value counts the refusals. */
function refusesWith(command_status: number): readonly [SubmitBehaviour, () => number] {
	let refused = 0;
	const refuses: SubmitBehaviour = () => {
		refused += 1;
		return { command_status };
	};
	return [refuses, () => refused];
}

const noisePdus = 64;
const noisePduOctets = 4_000;
const noiseOctets = noisePdus * noisePduOctets;

/** Unknown commands, and deliver_sm with random octets: a quarter of a megabyte with each response. */
const isNoisy: SubmitBehaviour = async (line, take) => {
	const noise = Array.from({ length: noisePdus }, (_, index) =>
		rawPdu(index % 2 === 0 ? 5 : 0x999, randomBytes(noisePduOctets)),
	);
	line.write(Buffer.concat(noise));
	return await take();
};

/** Throttles every second submit_sm; the second value counts the refusals. */
function throttlesHalf(): readonly [SubmitBehaviour, () => number] {
	let refused = 0;
	let metSubmits = 0;
	const behaviour: SubmitBehaviour = async (_, take) => {
		metSubmits += 1;
		if (metSubmits % 2 === 0) return await take();
		refused += 1;
		return { command_status: throttled };
	};
	return [behaviour, () => refused];
}

const prefixes = { kcell: "7701", altel: "7708", beeline: "7705", tele2: "7707" } as const;
type Name = keyof typeof prefixes;
const names = Object.keys(prefixes) as Name[];

/** Messages to each operator in a test. */
const messages = 200;
const noiseOfAll = messages * noiseOctets;

describe("an operator whose SMSC", () => {
	const smscs = Object.fromEntries(names.map((name) => [name, anSmsc()])) as Record<Name, TestSmsc>;
	let localStack: LocalStack;
	let memory: RetainedMemory;
	let keptBefore: number;

	beforeAll(async () => {
		const ports = await Promise.all(names.map(async (name) => [name, await portOf(smscs[name].server)] as const));
		memory = retainedMemory();
		localStack = await openTestStack({
			preload: memory.preload,
			operators: Object.fromEntries(
				ports.map(([name, port]) => [
					name,
					{ ...anSmscLogin, port, ...(name === "tele2" && { response_seconds: responseSeconds }) },
				]),
			),
		});
		/* The service works once before its memory is measured. */
		for (const name of names) await untilDelivered(localStack, await sendTo(name));
		keptBefore = await keptOctets();
	});
	afterAll(async () => {
		await localStack?.stop();
		for (const smsc of Object.values(smscs)) smsc.close();
		memory?.close();
	});

	const keptOctets = async () => await memory.of(localStack.pid("smpp"));
	const megabytes = (octets: number) => (octets / 1e6).toFixed(1);

	let last = 0;
	async function sendTo(name: Name): Promise<readonly number[]> {
		const recipients = Array.from({ length: messages }, () => {
			last += 1;
			return `${prefixes[name]}${String(last).padStart(7, "0")}`;
		});
		return await sendInBatches(clientOf(localStack), recipients);
	}

	async function unreportedCount(ids: readonly number[]): Promise<number> {
		const reportedIds = new Set((await reported(localStack)).map(({ message_id }) => message_id));
		return ids.filter((id) => !reportedIds.has(id)).length;
	}

	/** Misbehaves until another operator's messages are all reported, then runs `behaves` and waits for the rest. */
	async function answerSubmit(
		name: Name,
		behaviour: SubmitBehaviour,
		behaves: (smsc: TestSmsc) => void = () => undefined,
	) {
		const smsc = smscs[name];
		const before = smsc.submits.length;
		smsc.behaviour = behaviour;
		const ids = await sendTo(name);
		await eventually(
			async () => smsc.submits.length,
			(count) => count > before,
		);

		await untilDelivered(localStack, await sendTo("kcell"));
		const left = await unreportedCount(ids);
		smsc.behaviour = undefined;
		behaves(smsc);
		await untilDelivered(localStack, ids);

		const repeats = smsc.submits.length - before - messages;
		console.log(`${behaviour.name}: ${left} of ${messages} waited, ${repeats} sent again`);
		return { left, repeats };
	}

	const { window } = anSmscLogin;

	it.each([
		["answers slowly", "altel", answersSlowly, () => undefined],
		["stops reading", "beeline", stopsReading, (smsc: TestSmsc) => smsc.resume()],
	] as const)("%s delays no other operator, and nothing is lost or sent twice", async (_, name, behaviour, behaves) => {
		const { left, repeats } = await answerSubmit(name, behaviour, behaves);

		expect(left).toBeGreaterThan(0);
		expect(repeats).toBe(0);
	});

	it("answers after its time for a response gets no copy, and nothing is lost (A51)", async () => {
		const { left, repeats } = await answerSubmit("tele2", answersLate);

		expect(left).toBeGreaterThan(0);
		expect(repeats).toBe(0);
	});

	it.each([
		["a system error", 0x08],
		["a temporary application error", 0x64],
		["a wrong bind state", 0x04],
	])("refuses every submit with %s for a while gets all messages in the end (A36)", async (_, status) => {
		const [behaviour, refused] = refusesWith(status);

		const { left, repeats } = await answerSubmit("altel", behaviour);

		expect(left).toBe(messages);
		expect(repeats).toBe(refused());
	});

	it("throttles half of the submits is sent to more slowly, and nothing is lost or accepted twice", async () => {
		const [behaviour, refused] = throttlesHalf();

		const { left, repeats } = await answerSubmit("tele2", behaviour);

		expect(left).toBeGreaterThan(0);
		expect(refused()).toBeGreaterThan(0);
		expect(repeats).toBe(refused());
	});

	it("sends noise between its responses is still understood, and no noise stays in memory", async () => {
		const repeats: number[] = [];
		const kept: number[] = [];
		for (let time = 1; time <= 3; time++) {
			repeats.push((await answerSubmit("tele2", isNoisy)).repeats);
			kept.push(await keptOctets());
		}

		console.log(`kept after each ${megabytes(noiseOfAll)} MB of noise: ${kept.map(megabytes).join(", ")} MB`);
		expect(repeats).toEqual([0, 0, 0]);
		/* A service that keeps the noise grows by it each time. */
		const growths = kept.slice(1).map((octets, index) => octets - (kept[index] ?? 0));
		expect(Math.min(...growths)).toBeLessThan(noiseOfAll / 2);
	});

	it.each([
		["hangs", "altel", hangs, (smsc: TestSmsc) => smsc.drop()],
		["resets the connection", "altel", resets, () => undefined],
		["closes inside a PDU", "beeline", closesInsideAPdu, () => undefined],
		["sends garbage", "tele2", sendsGarbage, () => undefined],
	] as const)("%s gets at most a window of copies for each closed connection", async (_, name, behaviour, behaves) => {
		const smsc = smscs[name];
		const before = smsc.binds.ever;

		const { left, repeats } = await answerSubmit(name, behaviour, behaves);

		const fell = smsc.binds.ever - before;
		expect(left).toBe(messages);
		expect(fell).toBeGreaterThan(0);
		expect(repeats).toBeGreaterThan(0);
		expect(repeats).toBeLessThanOrEqual(fell * window);
	});

	it("misbehaves in any of these ways does not make the service's memory grow", async () => {
		const kept = await keptOctets();

		console.log(`the service keeps ${megabytes(kept)} MB, and kept ${megabytes(keptBefore)} MB`);
		expect(kept - keptBefore).toBeLessThan(noiseOfAll / 2);
	});
});
