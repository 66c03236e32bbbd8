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
	const { port } = (await smsc.heard()) as { port: number };
	const { url } = (await sink.heard()) as { url: string };
	return {
		smsc: {
			port,
			pid: smsc.pid,
			ask: async (order) => await asked(smsc, order),
			count: async () => await asked(smsc, { kind: "count" }),
		},
		sink: {
			url,
			pid: sink.pid,
			reset: async () => await asked(sink, { kind: "reset" }),
			count: async () => await asked(sink, { kind: "count" }),
		},
		async reset(receiptDelayMs) {
			await asked(smsc, { kind: "reset", receiptDelayMs });
			await asked(sink, { kind: "reset" });
		},
		stop() {
			for (const child of [smsc, sink]) child.kill();
		},
	};
}

async function asked<Answer>(child: Child, order: object): Promise<Answer> {
	child.tell(order as never);
	return (await child.heard()) as Answer;
}
