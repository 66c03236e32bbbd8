import { deliveryReport } from "#shared/domain/reports/delivery-report.ts";
import { reportBatchSize } from "#shared/domain/reports/report-batches.ts";
import { aSentMessage } from "#test/fakes/builders.ts";
import { unlimited } from "./bench-setup.ts";
import { clockMs } from "./clock.ts";
import { countUntil } from "./count-until.ts";
import { type FastPeers, startFastPeers } from "./fast-peers.ts";
import { boundEsme } from "./load/esme.ts";
import { httpRequester } from "./load/http-requester.ts";
import { submitOver } from "./load/loads.ts";
import { mapConcurrently } from "./load/map-concurrently.ts";
import { type RecipientSequence, recipientSequence } from "./load/messages.ts";
import { usageOf } from "./process-usage.ts";
import { severalRuns } from "./several-runs.ts";
import { type MeasureRow, spreadTable } from "./tables.ts";

/** The SMSC or the client's server alone, driven by this process without the gateway. */
type BaselineRun = {
	readonly messages: number;
	/** Until the last receipt is confirmed, or the last report. */
	readonly perSecond: number;
	/** CPU of the peer, and of the driver, per message. */
	readonly cpuMs: number;
	readonly driverCpuMs: number;
};

export type Baseline = {
	readonly smsc: readonly BaselineRun[];
	/** One report in each request, like other gateways; and as many as a report batch of the gateway has. */
	readonly sinkSingle: readonly BaselineRun[];
	readonly sinkReportBatches: readonly BaselineRun[];
};

type Options = { readonly messages: number; readonly runs: number };

/** No delay: otherwise submits and receipts would not share the machine. */
const receiptDelayMs = 0;
const connections = 50;
/** The peers are much faster than the gateway, so they need more messages. */
const messagesFactor = 10;

export async function measureBaseline({ messages, runs }: Options): Promise<Baseline> {
	const peers = await startFastPeers();
	const numbers = recipientSequence();
	const several = async (measure: (messages: number) => Promise<BaselineRun>) => {
		return await severalRuns(runs, messages * messagesFactor, measure);
	};
	try {
		return {
			smsc: await several(async (count) => await smscAlone(peers, count, numbers)),
			sinkSingle: await several(async (count) => await sinkAlone(peers, count, 1)),
			sinkReportBatches: await several(async (count) => await sinkAlone(peers, count, reportBatchSize)),
		};
	} finally {
		peers.stop();
	}
}

/** Submits over as many sessions as the gateway, and confirms the receipts. */
async function smscAlone({ smsc, reset }: FastPeers, messages: number, numbers: RecipientSequence) {
	await reset(receiptDelayMs);
	const receipts = countUntil(messages);
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

async function sinkAlone(
	{ sink, reset }: FastPeers,
	messages: number,
	reportsPerRequest: number,
): Promise<BaselineRun> {
	await reset(null);
	const { request, close } = httpRequester({ url: sink.url, connections, wanted: 204 });
	const alone = await timed(sink.pid, messages, async () => {
		await mapConcurrently(Math.ceil(messages / reportsPerRequest), connections, async (index) => {
			if (reportsPerRequest === 1) return await request(`/?id=${index}`);
			const first = index * reportsPerRequest;
			const length = Math.min(reportsPerRequest, messages - first);
			const delivery_report = Array.from({ length }, (_, place) => ({ ...aReport, message_id: first + place }));
			return await request("/reports", JSON.stringify({ delivery_report }));
		});
	});
	close();
	return alone;
}

async function timed(pid: number, messages: number, work: () => Promise<void>): Promise<BaselineRun> {
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

const rows: readonly MeasureRow<BaselineRun>[] = [
	["messages/s", (run) => run.perSecond, 0],
	["its CPU, ms/message", (run) => run.cpuMs, 3],
	["the driver's CPU, ms/message", (run) => run.driverCpuMs, 3],
];

export function baselineTable({ smsc, sinkSingle, sinkReportBatches }: Baseline): string {
	const about = (runs: readonly BaselineRun[]) => `${runs[0]?.messages ?? 0} messages, ${runs.length} runs`;
	return [
		spreadTable(`the SMSC alone, with receipts: ${about(smsc)}`, rows, smsc),
		spreadTable(`the client's server alone, one report in each request: ${about(sinkSingle)}`, rows, sinkSingle),
		spreadTable(
			`the client's server alone, ${reportBatchSize} reports in each request: ${about(sinkReportBatches)}`,
			rows,
			sinkReportBatches,
		),
	].join("\n\n");
}
