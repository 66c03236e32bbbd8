import type * as z from "zod";
import type { smppEnv } from "#shared/contracts/environments.ts";
import type { Telling } from "#shared/wiring/figures-on-aws.ts";
import { openClientsOnAws } from "./clients/clients-on-aws.ts";
import { receiversOnAws } from "./clients/receivers-on-aws.ts";
import { openOperatorsOnAws } from "./operators/operators-on-aws.ts";

export type Service = {
	/** Of how many operators it keeps binds. */
	readonly operators: number;
	/** Lets what is under way finish, within about 25 s, and lets others have the binds and sessions. */
	stop(): Promise<void>;
};

/** Metrics of states are measured this often, and all metrics written this often, as CloudWatch shows them by the minute. */
const measureMs = 10_000;
const writeMs = 30_000;

/** Within the ten seconds that a local stack gives. */
const clientsDrainMs = 6_000;

/** Opens everything that one SMPP task does, on AWS: the binds to the operators and the listeners for clients. */
export async function openService(env: z.output<typeof smppEnv>, telling: Telling): Promise<Service> {
	const { log, metrics } = telling;
	const clients = await openClientsOnAws(env, receiversOnAws(env, metrics, log), telling);
	const operators = openOperatorsOnAws(env, telling);
	const measuring = setInterval(() => {
		operators.tellState();
		metrics.measure("ClientSessions", clients.sessions);
	}, measureMs);
	const writing = setInterval(() => {
		operators.logState();
		metrics.flush();
	}, writeMs);
	return {
		operators: operators.count,
		async stop() {
			await Promise.all([clients.stop(clientsDrainMs), operators.stop()]);
			for (const timer of [measuring, writing]) clearInterval(timer);
		},
	};
}
