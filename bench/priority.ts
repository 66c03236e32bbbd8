import { setTimeout as wait } from "node:timers/promises";
import { localRegion } from "#local/local-stage.ts";
import { dynamoSwitches } from "#shared/aws/dynamo/dynamo-operator-switches.ts";
import { dynamoClient } from "#shared/aws/transport/aws-clients.ts";
import { percentile } from "#shared/domain/percentile.ts";
import { type BenchSetup, openBenchSetup } from "./bench-setup.ts";
import { clockMs } from "./clock.ts";
import { httpPoster } from "./load/http-poster.ts";
import { byBatches } from "./load/loads.ts";
import { messageTo, type RecipientSequence, recipientSequence } from "./load/messages.ts";
import { receiptDelayMs } from "./options.ts";

/** Times of urgent messages with empty lanes, and beside a flood of bulk. */
export type PriorityResult = {
	readonly bulk: number;
	readonly tps: number;
	readonly samples: number;
	readonly empty: Latencies;
	readonly flooded: Latencies;
	/** Bulk messages sent during the urgent ones: total, and per second. */
	readonly bulkMoved: number;
	readonly bulkPerSecond: number;
	/** Bulk messages not yet sent after the last urgent one. */
	readonly bulkLeft: number;
};

/** From the request to its 201, and from the 201 to the submit_sm, which may come first. */
type Latencies = { readonly accept: Quantiles; readonly submit: Quantiles };
type Quantiles = { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number };

/** A usual contract. */
const contract = { tps: 500, binds: 1, window: 500 } as const;
const samples = 200;
const urgentPriority = 3;
/** Long enough that no urgent message waits for another, short enough that the flood outlasts them. */
const pauseMs = 10;
const patienceMs = 30_000;
/** Longer than tasks take to see a pause. */
const switchSeenMs = 10_000;

/** Measures both in one run. @throws Error if the flood ended too soon. */
export async function measurePriority(bulk: number): Promise<PriorityResult> {
	const setup = await openBenchSetup({ smsc: contract });
	const numbers = recipientSequence();
	try {
		await setup.smsc.reset(receiptDelayMs);
		await measureUrgent(setup, numbers, samples / 4);
		const empty = await measureUrgent(setup, numbers, samples);
		const before = (await setup.smsc.count()).messages;
		await whilePaused(setup, async () => await byBatches(setup.target, bulk, numbers));
		await waitUntilMoving(setup, before);
		const [from, started] = [clockMs(), await setup.smsc.count()];
		const flooded = await measureUrgent(setup, numbers, samples);
		const [until, ended] = [clockMs(), await setup.smsc.count()];
		const bulkMoved = ended.messages - started.messages - samples;
		const bulkLeft = bulk - (ended.messages - before - samples);
		if (bulkLeft <= 0) throw new Error(`${bulk} bulk messages are too few: none was left at the end`);
		const bulkPerSecond = (bulkMoved * 1_000) / (until - from);
		return { bulk, tps: contract.tps, samples, empty, flooded, bulkMoved, bulkPerSecond, bulkLeft };
	} finally {
		await setup.stop();
	}
}

/** Pauses the operator, so that the whole flood waits before the urgent messages come. */
async function whilePaused({ localStack }: BenchSetup, step: () => Promise<unknown>): Promise<void> {
	const here = { region: localRegion, endpoint: localStack.endpoints.dynamodb };
	const client = dynamoClient({ ...here, credentials: { accessKeyId: "local", secretAccessKey: "local" } });
	const switches = dynamoSwitches(client, localStack.plan.tables["leases"]?.name ?? "");
	await switches.pause("kcell");
	await wait(switchSeenMs);
	await step();
	await switches.resume("kcell");
}

async function waitUntilMoving({ smsc }: BenchSetup, before: number): Promise<void> {
	const giveUpAt = clockMs() + patienceMs;
	while ((await smsc.count()).messages < before + contract.tps) {
		if (clockMs() > giveUpAt) throw new Error("no bulk message was sent in time");
		await wait(pauseMs);
	}
}

async function measureUrgent(
	{ target, smsc }: BenchSetup,
	numbers: RecipientSequence,
	count: number,
): Promise<Latencies> {
	const poster = httpPoster(target.url, target.user, target.password, 1);
	const acceptedAt = new Map<string, number>();
	const took: number[] = [];
	for (let sent = 0; sent < count; sent += 1) {
		const recipient = numbers.next();
		took.push(await poster.post("/messages", JSON.stringify(messageTo(recipient, urgentPriority))));
		acceptedAt.set(recipient, clockMs());
		await wait(pauseMs);
	}
	poster.close();
	const giveUpAt = clockMs() + patienceMs;
	for (;;) {
		const submittedAt = await smsc.times();
		const times = [...acceptedAt].map(([recipient, at]) => (submittedAt[recipient] ?? Number.NaN) - at);
		if (!times.some(Number.isNaN)) return { accept: quantiles(took), submit: quantiles(times) };
		if (clockMs() > giveUpAt) throw new Error("urgent messages were not submitted");
		await wait(pauseMs);
	}
}

const quantiles = (times: readonly number[]): Quantiles => ({
	p50Ms: percentile(times, 0.5),
	p99Ms: percentile(times, 0.99),
	maxMs: Math.max(...times),
});

export function priorityTable(result: PriorityResult): string {
	const { empty, flooded, bulk, tps, bulkMoved, bulkPerSecond, bulkLeft } = result;
	const row = (what: string, { p50Ms, p99Ms, maxMs }: Quantiles) =>
		`${what.padEnd(30)}${[p50Ms, p99Ms, maxMs].map((ms) => ms.toFixed(1).padStart(10)).join("")}`;
	const more = {
		p50Ms: flooded.submit.p50Ms - empty.submit.p50Ms,
		p99Ms: flooded.submit.p99Ms - empty.submit.p99Ms,
		maxMs: flooded.submit.maxMs - empty.submit.maxMs,
	};
	return [
		`${result.samples} urgent messages, ${bulk} of bulk, an operator of ${tps} messages/s`,
		`${"ms".padEnd(30)}${["p50", "p99", "max"].map((name) => name.padStart(10)).join("")}`,
		row("request to 201, lanes empty", empty.accept),
		row("  flooded", flooded.accept),
		row("201 to submit_sm, lanes empty", empty.submit),
		row("  flooded", flooded.submit),
		row("  more", more),
		`bulk in that time: ${bulkMoved} sent, ${bulkPerSecond.toFixed(0)} messages/s, ${bulkLeft} left`,
	].join("\n");
}
