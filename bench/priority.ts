import { setTimeout as wait } from "node:timers/promises";
import { localRegion } from "#local/local-stage.ts";
import { dynamoClient } from "#shared/aws/clients.ts";
import { dynamoSwitches } from "#shared/aws/dynamo-switches.ts";
import { percentile } from "#shared/domain/percentile.ts";
import { clockMs } from "./clock.ts";
import { httpPoster } from "./load/http-post.ts";
import { byBatches } from "./load/loads.ts";
import { messageTo, type Numbering, numbering } from "./load/messages.ts";
import { receiptDelayMs } from "./options.ts";
import { openSurroundings, type Surroundings } from "./surroundings.ts";

/** How long urgent messages take where nothing else waits, and where a flood of bulk does. */
export type Urgency = {
	readonly bulk: number;
	readonly tps: number;
	readonly samples: number;
	readonly empty: Ways;
	readonly flooded: Ways;
	/** Of the flood, sent while the urgent ones were: in all, and in a second. */
	readonly bulkMoved: number;
	readonly bulkPerSecond: number;
	/** Of the flood, still to be sent when the last urgent one was. */
	readonly bulkLeft: number;
};

/** From the request to its 201, and from that to the submit_sm, which may have come before it. */
type Ways = { readonly accept: Quantiles; readonly submit: Quantiles };
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
export async function measurePriority(bulk: number): Promise<Urgency> {
	const all = await openSurroundings({ smsc: contract });
	const numbers = numbering();
	try {
		await all.smsc.ask({ kind: "reset", receiptDelayMs });
		await urgentTimes(all, numbers, samples / 4);
		const empty = await urgentTimes(all, numbers, samples);
		const before = (await all.smsc.count()).messages;
		await paused(all, async () => await byBatches(all.target, bulk, numbers));
		await untilMoved(all, before);
		const [from, begun] = [clockMs(), await all.smsc.count()];
		const flooded = await urgentTimes(all, numbers, samples);
		const [until, ended] = [clockMs(), await all.smsc.count()];
		const bulkMoved = ended.messages - begun.messages - samples;
		const bulkLeft = bulk - (ended.messages - before - samples);
		if (bulkLeft <= 0) throw new Error(`${bulk} bulk messages are too few: none was left at the end`);
		const bulkPerSecond = (bulkMoved * 1_000) / (until - from);
		return { bulk, tps: contract.tps, samples, empty, flooded, bulkMoved, bulkPerSecond, bulkLeft };
	} finally {
		await all.stop();
	}
}

/** All of the flood is to wait when the urgent ones come: nothing is submitted while it is brought in. */
async function paused({ house }: Surroundings, step: () => Promise<unknown>): Promise<void> {
	const here = { region: localRegion, endpoint: house.endpoints.dynamodb };
	const client = dynamoClient({ ...here, credentials: { accessKeyId: "local", secretAccessKey: "local" } });
	const switches = dynamoSwitches(client, house.plan.tables["leases"]?.name ?? "");
	await switches.pause("kcell");
	await wait(switchSeenMs);
	await step();
	await switches.resume("kcell");
}

async function untilMoved({ smsc }: Surroundings, before: number): Promise<void> {
	const giveUpAt = clockMs() + patienceMs;
	while ((await smsc.count()).messages < before + contract.tps) {
		if (clockMs() > giveUpAt) throw new Error("the flood does not move");
		await wait(pauseMs);
	}
}

/** Sends so many urgent messages, one after the other. */
async function urgentTimes({ target, smsc }: Surroundings, numbers: Numbering, count: number): Promise<Ways> {
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
		const submittedAt = await smsc.ask<Record<string, number>>({ kind: "times" });
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

export function priorityTable(urgency: Urgency): string {
	const { empty, flooded, bulk, tps, bulkMoved, bulkPerSecond, bulkLeft } = urgency;
	const row = (what: string, { p50Ms, p99Ms, mostMs }: Quantiles) =>
		`${what.padEnd(30)}${[p50Ms, p99Ms, mostMs].map((ms) => ms.toFixed(1).padStart(10)).join("")}`;
	const more = {
		p50Ms: flooded.submit.p50Ms - empty.submit.p50Ms,
		p99Ms: flooded.submit.p99Ms - empty.submit.p99Ms,
		mostMs: flooded.submit.mostMs - empty.submit.mostMs,
	};
	return [
		`${urgency.samples} urgent messages, ${bulk} of bulk, an operator of ${tps} messages/s`,
		`${"ms".padEnd(30)}${["p50", "p99", "most"].map((name) => name.padStart(10)).join("")}`,
		row("request to 201, lanes empty", empty.accept),
		row("  flooded", flooded.accept),
		row("201 to submit_sm, lanes empty", empty.submit),
		row("  flooded", flooded.submit),
		row("  more", more),
		`bulk meanwhile: ${bulkMoved} sent, ${bulkPerSecond.toFixed(0)} messages/s, ${bulkLeft} left`,
	].join("\n");
}
