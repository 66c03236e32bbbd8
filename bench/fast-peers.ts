import type * as z from "zod";
import { type Child, startChild } from "#local/processes/child.ts";
import * as messages from "./peer-messages.ts";

/** The SMSC and the client's server at both ends of each measurement, each in its own process. */
export type FastPeers = {
	readonly smsc: {
		readonly port: number;
		readonly pid: number;
		reset(receiptDelayMs: number | null): Promise<void>;
		/** When each message arrived, by recipient. */
		times(): Promise<Readonly<Record<string, number>>>;
		count(): Promise<messages.SmscCount>;
	};
	readonly sink: {
		readonly url: string;
		readonly pid: number;
		reset(): Promise<void>;
		count(): Promise<messages.SinkCount>;
	};
	/** Restarts the counts of both. */
	reset(receiptDelayMs: number | null): Promise<void>;
	stop(): void;
};

export async function startFastPeers(): Promise<FastPeers> {
	const smsc = startChild({ entry: "bench/fast-smsc.ts", env: {}, logFd: 2 });
	const sink = startChild({ entry: "bench/fast-sink.ts", env: {}, logFd: 2 });
	const { port } = await smsc.nextMessage(messages.smscReady);
	const { url } = await sink.nextMessage(messages.fastServerReady);
	const askSmsc = async <Answer>(order: messages.SmscOrder, answer: z.ZodType<Answer>) =>
		await ask(smsc, order, answer);
	const askSink = async (order: messages.SinkOrder) => await ask(sink, order, messages.sinkCount);
	const resetSmsc = async (receiptDelayMs: number | null) =>
		void (await askSmsc({ kind: "reset", receiptDelayMs }, messages.smscCount));
	const resetSink = async () => void (await askSink({ kind: "reset" }));
	return {
		smsc: {
			port,
			pid: smsc.pid,
			reset: resetSmsc,
			times: async () => await askSmsc({ kind: "times" }, messages.submitTimes),
			count: async () => await askSmsc({ kind: "count" }, messages.smscCount),
		},
		sink: { url, pid: sink.pid, reset: resetSink, count: async () => await askSink({ kind: "count" }) },
		async reset(receiptDelayMs) {
			await resetSmsc(receiptDelayMs);
			await resetSink();
		},
		stop() {
			for (const child of [smsc, sink]) child.kill();
		},
	};
}

async function ask<Answer>(
	child: Child,
	order: messages.SmscOrder | messages.SinkOrder,
	answer: z.ZodType<Answer>,
): Promise<Answer> {
	child.sendMessage(order);
	return await child.nextMessage(answer);
}
