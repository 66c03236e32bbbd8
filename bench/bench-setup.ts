import { openLocalStack } from "#local/local-stack.ts";
import type { LocalStack } from "#local/local-stack-options.ts";
import { loopback } from "#local/wire/listen.ts";
import { type FastPeers, startFastPeers } from "./fast-peers.ts";
import { smppSessions, type Target } from "./load/loads.ts";

/** Everything that a run needs: the SMSC, the client's server, and the gateway between them, each in processes of its own. */
export type BenchSetup = Pick<FastPeers, "smsc" | "sink" | "reset"> & {
	readonly localStack: LocalStack;
	readonly target: Target;
	stop(): Promise<void>;
};

export type BenchSetupOptions = {
	/** What the operator's contract allows. */
	readonly smsc: { readonly tps: number; readonly binds: number; readonly window: number };
	/** What each process of the gateway loads first; in the place of what counts its calls. */
	readonly preload?: string;
};

/** An operator that never slows anybody down. */
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
		/* The local stack stands for AWS, which checks rights with CPU of its own. */
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
