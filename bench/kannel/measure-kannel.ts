import { type FastPeers, startFastPeers } from "../fast-peers.ts";
import { httpAsker } from "../load/http-asker.ts";
import { connections } from "../load/loads.ts";
import { type Numbering, numbering, shortText } from "../load/messages.ts";
import { sideBySide } from "../load/side-by-side.ts";
import { type Passage, passageOf } from "../passage.ts";
import { usageOf } from "../process-usage.ts";
import { severalRuns } from "../several-runs.ts";
import { unlimited } from "../surroundings.ts";
import { kannelPassword } from "./configuration.ts";
import { type Kannel, kannelIsThere, openKannel } from "./open-kannel.ts";

/** The same work done by Kannel: its processes' CPU for a message. */
export type KannelRun = Passage & { readonly cpuMs: number };

type Options = { readonly messages: number; readonly runs: number; readonly receiptDelayMs: number };

/** Success, failure, refusal: one report for each message. */
const endsOnly = "19";

/** @throws Error where a message was lost, or Kannel is not there. */
export async function measureKannel({ messages, runs, receiptDelayMs }: Options): Promise<readonly KannelRun[]> {
	if (!kannelIsThere()) throw new Error("Kannel is not installed here: apt-get install kannel");
	const peers = await startFastPeers();
	const numbers = numbering();
	try {
		const kannel = await openKannel(peers.smsc.port, unlimited.window);
		const run = async (count: number) => await runOnce({ peers, kannel, numbers, receiptDelayMs }, count);
		return await severalRuns(runs, messages, run).finally(kannel.stop);
	} finally {
		peers.stop();
	}
}

type Setting = {
	readonly peers: FastPeers;
	readonly kannel: Kannel;
	readonly numbers: Numbering;
	readonly receiptDelayMs: number;
};

async function runOnce({ peers, kannel, numbers, receiptDelayMs }: Setting, messages: number): Promise<KannelRun> {
	const cpuNow = () => kannel.pids.reduce((sum, pid) => sum + usageOf(pid).cpuMs, 0);
	const cpuBefore = cpuNow();
	const { ask, close } = httpAsker({ url: kannel.url, connections: connections.single, wanted: 202 });
	const send = async () =>
		await sideBySide(messages, connections.single, async () => await ask(sendsms(numbers.next(), peers.sink.url)));
	const passage = await passageOf(peers, messages, receiptDelayMs, send).finally(close);
	return { ...passage, cpuMs: (cpuNow() - cpuBefore) / messages };
}

/** One message, whose report comes to the client's server by its recipient. */
function sendsms(to: string, sinkUrl: string): string {
	const query = new URLSearchParams({
		username: "bench",
		password: kannelPassword,
		from: "SMSGW",
		to,
		text: shortText,
		"dlr-mask": endsOnly,
		"dlr-url": `${sinkUrl}/?id=${to}`,
	});
	return `/cgi-bin/sendsms?${query}`;
}
