import { openHouse } from "#local/house.ts";
import type { House } from "#local/house-options.ts";
import { type Child, startChild } from "#local/processes/child.ts";
import { loopback } from "#local/wire/listen.ts";
import type { SinkCount } from "./fast-sink.ts";
import type { SmscCount, SmscOrder } from "./fast-smsc.ts";
import { smppSessions, type Target } from "./load/loads.ts";

/** Everything that a run needs: the SMSC, the client's server, and the gateway between them, each in processes of its own. */
export type Surroundings = {
	readonly house: House;
	readonly target: Target;
	readonly smsc: { ask<Answer>(order: SmscOrder): Promise<Answer>; count(): Promise<SmscCount> };
	readonly sink: { reset(): Promise<void>; count(): Promise<SinkCount> };
	stop(): Promise<void>;
};

export type SurroundingsOptions = {
	/** What the operator's contract allows. */
	readonly smsc: { readonly tps: number; readonly binds: number; readonly window: number };
};

const user = "bench";

export async function openSurroundings({ smsc: contract }: SurroundingsOptions): Promise<Surroundings> {
	const smsc = startChild({ entry: "bench/fast-smsc.ts", env: {}, logFd: 2 });
	const sink = startChild({ entry: "bench/fast-sink.ts", env: {}, logFd: 2 });
	const { port } = (await smsc.heard()) as { port: number };
	const { url: sinkUrl } = (await sink.heard()) as { url: string };
	const house = await openHouse({
		operators: { kcell: { host: loopback, port, system_id: "smsgw", password: "bench", ...contract } },
		accounts: [
			{
				account: {
					user_name: user,
					senders: [{ name: "SMSGW" }],
					default_time_bounds: "full",
					webhook: { url: `${sinkUrl}/reports` },
					smpp: smppSessions,
				},
				password: user,
			},
		],
		/* The house stands for AWS, which checks rights with CPU of its own. */
		permissions: "open",
		preload: new URL("count-calls.ts", import.meta.url).href,
		notice: (line) => console.error(line),
	});
	return {
		house,
		target: { url: house.url, smppPort: house.smppPort, user, password: user },
		smsc: {
			ask: async (order) => await asked(smsc, order),
			count: async () => await asked(smsc, { kind: "count" }),
		},
		sink: {
			reset: async () => await asked(sink, { kind: "reset" }),
			count: async () => await asked(sink, { kind: "count" }),
		},
		async stop() {
			await house.stop();
			for (const child of [smsc, sink]) child.kill();
		},
	};
}

async function asked<Answer>(child: Child, order: object): Promise<Answer> {
	child.tell(order as never);
	return (await child.heard()) as Answer;
}
