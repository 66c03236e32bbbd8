import { openHouse } from "#local/house.ts";
import type { House } from "#local/house-options.ts";
import { loopback } from "#local/wire/listen.ts";
import { type FastPeers, startFastPeers } from "./fast-peers.ts";
import { smppSessions, type Target } from "./load/loads.ts";

/** Everything that a run needs: the SMSC, the client's server, and the gateway between them, each in processes of its own. */
export type Surroundings = Pick<FastPeers, "smsc" | "sink" | "reset"> & {
	readonly house: House;
	readonly target: Target;
	stop(): Promise<void>;
};

export type SurroundingsOptions = {
	/** What the operator's contract allows. */
	readonly smsc: { readonly tps: number; readonly binds: number; readonly window: number };
	/** What each process of the gateway loads first; in the place of what counts its calls. */
	readonly preload?: string;
};

/** An operator that never slows anybody down. */
export const unlimited = { tps: 100_000, binds: 4, window: 500 } as const;

const user = "bench";
const countsCalls = new URL("count-calls.ts", import.meta.url).href;

export async function openSurroundings({
	smsc: contract,
	preload = countsCalls,
}: SurroundingsOptions): Promise<Surroundings> {
	const peers = await startFastPeers();
	const operator = { host: loopback, port: peers.smsc.port, system_id: "smsgw", password: "bench", ...contract };
	const house = await openHouse({
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
		/* The house stands for AWS, which checks rights with CPU of its own. */
		permissions: "open",
		preload,
		notice: (line) => console.error(line),
	});
	return {
		...peers,
		house,
		target: { url: house.url, smppPort: house.smppPort, user, password: user },
		async stop() {
			await house.stop();
			peers.stop();
		},
	};
}
