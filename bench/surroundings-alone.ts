import { deliveryReport } from "#shared/domain/delivery-report.ts";
import { packSize } from "#shared/domain/packs.ts";
import { aSentMessage } from "#test/fakes/builders.ts";
import { clockMs } from "./clock.ts";
import { countedTo } from "./counted-to.ts";
import { type FastPeers, startFastPeers } from "./fast-peers.ts";
import { boundEsme } from "./load/esme.ts";
import { httpAsker } from "./load/http-asker.ts";
import { submitOver } from "./load/loads.ts";
import { type Numbering, numbering } from "./load/messages.ts";
import { sideBySide } from "./load/side-by-side.ts";
import { type Row, spreadTable } from "./print.ts";
import { usageOf } from "./process-usage.ts";
import { severalRuns } from "./several-runs.ts";
import { unlimited } from "./surroundings.ts";

/** What the SMSC or the client's server does where nothing stands between it and a driver in this process. */
type Alone = {
	readonly messages: number;
	/** Until the last was there: submitted and confirmed by a receipt, or reported. */
	readonly perSecond: number;
	/** CPU for a message: its own, and the driver's. */
	readonly cpuMs: number;
	readonly driverCpuMs: number;
};

export type SurroundingsAlone = {
	readonly smsc: readonly Alone[];
	/** One report in each request, as other gateways tell; and as many as the gateway's packs hold. */
	readonly sinkSingle: readonly Alone[];
	readonly sinkPacks: readonly Alone[];
};

type Options = { readonly messages: number; readonly runs: number };

/**
 * Receipts come at once: with a delay as long as the run, submits would go during the delay and receipts after it, each with the machine to
 * itself.
 */
const receiptDelayMs = 0;
const connections = 50;
/** They are so much faster than the gateway that they need more messages to show it. */
const timesAsMany = 10;

export async function measureSurroundings({ messages, runs }: Options): Promise<SurroundingsAlone> {
	const peers = await startFastPeers();
	const numbers = numbering();
	const several = async (measure: (messages: number) => Promise<Alone>) => {
		return await severalRuns(runs, messages * timesAsMany, measure);
	};
	try {
		return {
			smsc: await several(async (count) => await smscAlone(peers, count, numbers)),
			sinkSingle: await several(async (count) => await sinkAlone(peers, count, 1)),
			sinkPacks: await several(async (count) => await sinkAlone(peers, count, packSize)),
		};
	} finally {
		peers.stop();
	}
}

/** Submits messages and confirms their receipts, over sessions like the gateway's. */
async function smscAlone({ smsc, reset }: FastPeers, messages: number, numbers: Numbering) {
	await reset(receiptDelayMs);
	const receipts = countedTo(messages);
	const target = { smppPort: smsc.port, user: "bench", password: "bench" };
	const open = Array.from({ length: unlimited.binds }, async () => await boundEsme(target, receipts.count));
	const bound = await Promise.all(open);
	const alone = await timed(smsc.pid, messages, async () => {
		await submitOver(bound, unlimited.window, messages, numbers);
		await receipts.reached;
	});
	await Promise.all(bound.map(async (session) => await session.unbind(1_000)));
	return alone;
}

const aReport = deliveryReport(aSentMessage());

async function sinkAlone({ sink, reset }: FastPeers, messages: number, inEach: number): Promise<Alone> {
	await reset(null);
	const { ask, close } = httpAsker({ url: sink.url, connections, wanted: 204 });
	const alone = await timed(sink.pid, messages, async () => {
		await sideBySide(Math.ceil(messages / inEach), connections, async (index) => {
			if (inEach === 1) return await ask(`/?id=${index}`);
			const first = index * inEach;
			const length = Math.min(inEach, messages - first);
			const delivery_report = Array.from({ length }, (_, place) => ({ ...aReport, message_id: first + place }));
			return await ask("/reports", JSON.stringify({ delivery_report }));
		});
	});
	close();
	return alone;
}

async function timed(pid: number, messages: number, work: () => Promise<void>): Promise<Alone> {
	const [startedAt, usageBefore, own] = [clockMs(), usageOf(pid), process.cpuUsage()];
	await work();
	const tookMs = clockMs() - startedAt;
	const { user, system } = process.cpuUsage(own);
	return {
		messages,
		perSecond: (messages * 1_000) / tookMs,
		cpuMs: (usageOf(pid).cpuMs - usageBefore.cpuMs) / messages,
		driverCpuMs: (user + system) / 1_000 / messages,
	};
}

const rows: readonly Row<Alone>[] = [
	["messages/s", (run) => run.perSecond, 0],
	["its CPU, ms/message", (run) => run.cpuMs, 3],
	["the driver's CPU, ms/message", (run) => run.driverCpuMs, 3],
];

export function surroundingsTable({ smsc, sinkSingle, sinkPacks }: SurroundingsAlone): string {
	const about = (runs: readonly Alone[]) => `${runs[0]?.messages ?? 0} messages, ${runs.length} runs`;
	return [
		spreadTable(`the SMSC alone, receipts included: ${about(smsc)}`, rows, smsc),
		spreadTable(`the client's server alone, a report in each request: ${about(sinkSingle)}`, rows, sinkSingle),
		spreadTable(`the client's server alone, ${packSize} reports in each: ${about(sinkPacks)}`, rows, sinkPacks),
	].join("\n\n");
}
