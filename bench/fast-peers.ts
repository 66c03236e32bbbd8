import { type Child, startChild } from "#local/processes/child.ts";
import type { SinkCount } from "./fast-sink.ts";
import type { SmscCount, SmscOrder } from "./fast-smsc.ts";

/** What stands at both ends of all that is measured: the SMSC and the client's server, each in a process of its own. */
export type FastPeers = {
	readonly smsc: {
		readonly port: number;
		readonly pid: number;
		ask<Answer>(order: SmscOrder): Promise<Answer>;
		count(): Promise<SmscCount>;
	};
	readonly sink: { readonly url: string; readonly pid: number; reset(): Promise<void>; count(): Promise<SinkCount> };
	/** Both begin to count anew. */
	reset(receiptDelayMs: number | null): Promise<void>;
	stop(): void;
};

export async function startFastPeers(): Promise<FastPeers> {
	const smsc = startChild({ entry: "bench/fast-smsc.ts", env: {}, logFd: 2 });
	const sink = startChild({ entry: "bench/fast-sink.ts", env: {}, logFd: 2 });
	const { port } = (await smsc.nextMessage()) as { port: number };
	const { url } = (await sink.nextMessage()) as { url: string };
	return {
		smsc: {
			port,
			pid: smsc.pid,
			ask: async (order) => await askChild(smsc, order),
			count: async () => await askChild(smsc, { kind: "count" }),
		},
		sink: {
			url,
			pid: sink.pid,
			reset: async () => await askChild(sink, { kind: "reset" }),
			count: async () => await askChild(sink, { kind: "count" }),
		},
		async reset(receiptDelayMs) {
			await askChild(smsc, { kind: "reset", receiptDelayMs });
			await askChild(sink, { kind: "reset" });
		},
		stop() {
			for (const child of [smsc, sink]) child.kill();
		},
	};
}

async function askChild<Answer>(child: Child, order: object): Promise<Answer> {
	child.sendMessage(order as never);
	return (await child.nextMessage()) as Answer;
}
