import { openLocalStack } from "#local/local-stack.ts";
import type { LocalStack } from "#local/local-stack-options.ts";
import { loopback } from "#local/wire/listen.ts";
import { type FastPeers, startFastPeers } from "./fast-peers.ts";
import { type LoadTarget, smppSessions } from "./load/loads.ts";

/** The SMSC, the client's server and the gateway between them, each in its own processes. */
export type BenchSetup = Pick<FastPeers, "smsc" | "sink" | "reset"> & {
	readonly localStack: LocalStack;
	readonly target: LoadTarget;
	stop(): Promise<void>;
};

export type BenchSetupOptions = {
	readonly smsc: { readonly tps: number; readonly binds: number; readonly window: number };
	/** A module that each process of the gateway loads first, instead of the counter of calls. */
	readonly preload?: string;
};

/** A contract that never limits the gateway. */
export const unlimited = { tps: 100_000, binds: 4, window: 500 } as const;

const user = "bench";
const countsCalls = new URL("count-calls.ts", import.meta.url).href;

export async function openBenchSetup({
	smsc: contract,
	preload = countsCalls,
}: BenchSetupOptions): Promise<BenchSetup> {
	const peers = await startFastPeers();
	const operator = { host: loopback, port: peers.smsc.port, system_id: "smsgw", password: "bench", ...contract };
	const localStack = await openLocalStack({
		operators: { kcell: operator },
		accounts: [
			{
				account: {
					user_name: user,
					senders: [{ name: "SMSGW" }],
					default_time_bounds: "full",
					webhook: { url: `${peers.sink.url}/reports` },
					smpp: smppSessions,
				},
				password: user,
			},
		],
		/* AWS checks permissions with its own CPU. */
		permissions: "open",
		preload,
		notice: (line) => console.error(line),
	});
	return {
		...peers,
		localStack,
		target: { url: localStack.url, smppPort: localStack.smppPort, user, password: user },
		async stop() {
			await localStack.stop();
			peers.stop();
		},
	};
}
