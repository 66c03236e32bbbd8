import { unlimited } from "../bench-setup.ts";
import { type FastPeers, startFastPeers } from "../fast-peers.ts";
import { httpRequester } from "../load/http-requester.ts";
import { connections } from "../load/loads.ts";
import { mapConcurrently } from "../load/map-concurrently.ts";
import { type RecipientSequence, recipientSequence, shortText } from "../load/messages.ts";
import { usageOf } from "../process-usage.ts";
import { severalRuns } from "../several-runs.ts";
import { measureThroughput, type Throughput } from "../throughput.ts";
import { kannelPassword } from "./configuration.ts";
import { type Kannel, kannelIsInstalled, openKannel } from "./open-kannel.ts";

/** `cpuMs` is the CPU of Kannel's processes, per message. */
export type KannelRun = Throughput & { readonly cpuMs: number };

type Options = { readonly messages: number; readonly runs: number; readonly receiptDelayMs: number };

/** Success, failure, refusal: one report for each message. */
const finalReportsMask = "19";

/** @throws Error if a message is lost, or Kannel is not installed. */
export async function measureKannel({ messages, runs, receiptDelayMs }: Options): Promise<readonly KannelRun[]> {
	if (!kannelIsInstalled()) throw new Error("Kannel is not installed: apt-get install kannel");
	const peers = await startFastPeers();
	const numbers = recipientSequence();
	try {
		const kannel = await openKannel(peers.smsc.port, unlimited.window);
		const run = async (count: number) => await runOnce({ peers, kannel, numbers, receiptDelayMs }, count);
		return await severalRuns(runs, messages, run).finally(kannel.stop);
	} finally {
		peers.stop();
	}
}

type RunContext = {
	readonly peers: FastPeers;
	readonly kannel: Kannel;
	readonly numbers: RecipientSequence;
	readonly receiptDelayMs: number;
};

async function runOnce({ peers, kannel, numbers, receiptDelayMs }: RunContext, messages: number): Promise<KannelRun> {
	const cpuNow = () => kannel.pids.reduce((sum, pid) => sum + usageOf(pid).cpuMs, 0);
	const cpuBefore = cpuNow();
	const { request, close } = httpRequester({ url: kannel.url, connections: connections.single, wanted: 202 });
	const send = async () =>
		await mapConcurrently(
			messages,
			connections.single,
			async () => await request(sendsms(numbers.next(), peers.sink.url)),
		);
	const throughput = await measureThroughput(peers, messages, receiptDelayMs, send).finally(close);
	return { ...throughput, cpuMs: (cpuNow() - cpuBefore) / messages };
}

/** One message. Its report names the recipient to the client's server. */
function sendsms(to: string, sinkUrl: string): string {
	const query = new URLSearchParams({
		username: "bench",
		password: kannelPassword,
		from: "SMSGW",
		to,
		text: shortText,
		"dlr-mask": finalReportsMask,
		"dlr-url": `${sinkUrl}/?id=${to}`,
	});
	return `/cgi-bin/sendsms?${query}`;
}
