import { setTimeout as wait } from "node:timers/promises";
import { percentile } from "#shared/domain/percentile.ts";
import { clockMs } from "./clock.ts";
import type { FastPeers } from "./fast-peers.ts";

/** Speed of a gateway between the client and the SMSC. */
export type Throughput = {
	readonly messages: number;
	/** Of clients. */
	readonly requests: number;
	/** Messages a second, from the first request to the last response, submit_sm and report; the last without the SMSC's delay. */
	readonly acceptPerSecond: number;
	readonly submitPerSecond: number;
	readonly endToEndPerSecond: number;
	/** Duration of requests. */
	readonly acceptP50Ms: number;
	readonly acceptP99Ms: number;
	readonly sentTwice: number;
	readonly reportedTwice: number;
	/** Receipts that were refused or not answered, and sent again. */
	readonly receiptsResent: number;
};

type Peers = Pick<FastPeers, "smsc" | "sink" | "reset">;

/** Without a submit or report for this long, the missing messages are lost. */
const patienceMs = 120_000;

/**
 * Sends messages in and waits for the last report.
 * @param send returns the duration of each request.
 * @throws Error if a message is lost.
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

/** @throws Error if some are not reported and no more reports come. */
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
