import { setTimeout as wait } from "node:timers/promises";
import { percentile } from "#shared/domain/percentile.ts";
import { clockMs } from "./clock.ts";
import type { FastPeers } from "./fast-peers.ts";

/** How fast messages went through whatever stands between the client and the SMSC. */
export type Throughput = {
	readonly messages: number;
	/** Of clients. */
	readonly requests: number;
	/** Messages a second, from the first request to the last answer, submit_sm, report; the SMSC's own delay taken off the last. */
	readonly acceptPerSecond: number;
	readonly submitPerSecond: number;
	readonly endToEndPerSecond: number;
	/** How long requests took. */
	readonly acceptP50Ms: number;
	readonly acceptP99Ms: number;
	readonly sentTwice: number;
	readonly reportedTwice: number;
	/** Receipts that had to be sent again, for they were refused or not answered. */
	readonly receiptsResent: number;
};

type Peers = Pick<FastPeers, "smsc" | "sink" | "reset">;

/** When nothing more was submitted or reported for so long, what is missing is lost. */
const patienceMs = 120_000;

/**
 * Sends messages in and waits for the last report.
 * @param send gives how long each request took.
 * @throws Error where a message was lost.
 */
export async function measureThroughput(
	peers: Peers,
	messages: number,
	receiptDelayMs: number,
	send: () => Promise<readonly number[]>,
): Promise<Throughput> {
	await peers.reset(receiptDelayMs);
	const startedAt = clockMs();
	const durations = await send();
	const acceptedAt = clockMs();
	const { submitted, reported } = await waitUntilReported(peers, messages);
	const perSecond = (until: number) => (messages * 1_000) / (until - startedAt);
	return {
		messages,
		requests: durations.length,
		acceptPerSecond: perSecond(acceptedAt),
		submitPerSecond: perSecond(submitted.lastAt),
		endToEndPerSecond: perSecond(reported.lastAt - receiptDelayMs),
		acceptP50Ms: percentile(durations, 0.5),
		acceptP99Ms: percentile(durations, 0.99),
		sentTwice: submitted.repeats,
		reportedTwice: reported.repeats,
		receiptsResent: submitted.resent,
	};
}

/** @throws Error where they are not all reported, and no more seem to be. */
export async function waitUntilReported({ smsc, sink }: Pick<Peers, "smsc" | "sink">, messages: number) {
	let progressAt = clockMs();
	let before = 0;
	for (;;) {
		const [submitted, reported] = [await smsc.count(), await sink.count()];
		if (submitted.messages === messages && reported.messages === messages) return { submitted, reported };
		const now = submitted.messages + reported.messages;
		if (now !== before) progressAt = clockMs();
		before = now;
		if (clockMs() - progressAt > patienceMs) {
			throw new Error(`of ${messages} messages ${submitted.messages} were submitted, ${reported.messages} reported`);
		}
		await wait(50);
	}
}
