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

/** How long urgent messages take where nothing else waits, and where a flood of bulk does. */
export type PriorityResult = {
	readonly bulk: number;
	readonly tps: number;
	readonly samples: number;
	readonly empty: Latencies;
	readonly flooded: Latencies;
	/** Of the flood, sent while the urgent ones were: in all, and in a second. */
	readonly bulkMoved: number;
	readonly bulkPerSecond: number;
	/** Of the flood, still to be sent when the last urgent one was. */
	readonly bulkLeft: number;
};

/** From the request to its 201, and from that to the submit_sm, which may have come before it. */
type Latencies = { readonly accept: Quantiles; readonly submit: Quantiles };
type Quantiles = { readonly p50Ms: number; readonly p99Ms: number; readonly mostMs: number };

/** An operator as they mostly are. */
const contract = { tps: 500, binds: 1, window: 500 } as const;
const samples = 200;
const urgentPriority = 3;
/** Far apart enough for none to wait for another, near enough for a flood to outlast them all. */
const pauseMs = 10;
const patienceMs = 30_000;
/** Longer than tasks take to see that an operator was paused. */
const switchSeenMs = 10_000;

/** Both in one run. @throws Error where the flood ended too soon to say anything. */
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

/** All of the flood is to wait when the urgent ones come: nothing is submitted while it is brought in. */
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
		if (clockMs() > giveUpAt) throw new Error("the flood does not move");
		await wait(pauseMs);
	}
}

/** Sends so many urgent messages, one after the other. */
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
	mostMs: Math.max(...times),
});

export function priorityTable(result: PriorityResult): string {
	const { empty, flooded, bulk, tps, bulkMoved, bulkPerSecond, bulkLeft } = result;
	const row = (what: string, { p50Ms, p99Ms, mostMs }: Quantiles) =>
		`${what.padEnd(30)}${[p50Ms, p99Ms, mostMs].map((ms) => ms.toFixed(1).padStart(10)).join("")}`;
	const more = {
		p50Ms: flooded.submit.p50Ms - empty.submit.p50Ms,
		p99Ms: flooded.submit.p99Ms - empty.submit.p99Ms,
		mostMs: flooded.submit.mostMs - empty.submit.mostMs,
	};
	return [
		`${result.samples} urgent messages, ${bulk} of bulk, an operator of ${tps} messages/s`,
		`${"ms".padEnd(30)}${["p50", "p99", "most"].map((name) => name.padStart(10)).join("")}`,
		row("request to 201, lanes empty", empty.accept),
		row("  flooded", flooded.accept),
		row("201 to submit_sm, lanes empty", empty.submit),
		row("  flooded", flooded.submit),
		row("  more", more),
		`bulk meanwhile: ${bulkMoved} sent, ${bulkPerSecond.toFixed(0)} messages/s, ${bulkLeft} left`,
	].join("\n");
}
