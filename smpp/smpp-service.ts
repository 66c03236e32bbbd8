import type * as z from "zod";
import type { smppEnv } from "#shared/contracts/environments.ts";
import { flushEveryMs } from "#shared/usecases/counts/count-buffer.ts";
import { countsOnAws } from "#shared/wiring/counts-on-aws.ts";
import type { Telemetry } from "#shared/wiring/telemetry-on-aws.ts";
import { openClientServerOnAws } from "./clients/client-server-on-aws.ts";
import { receiversOnAws } from "./clients/receivers-on-aws.ts";
import type { Health } from "./health-server.ts";
import { openOperatorLinksOnAws } from "./operators/operator-links-on-aws.ts";

export type SmppService = {
	readonly operators: number;
	health(): Health;
	/** Waits up to 25 s for what is under way, and releases binds and sessions. */
	stop(): Promise<void>;
};

/** How often states are measured and metrics written. CloudWatch shows them by the minute. */
const measureMs = 10_000;
const writeMs = 30_000;

/** Within the ten seconds that a local stack allows. */
const clientsDrainMs = 6_000;

/** Opens all parts of an SMPP task on AWS: the binds to operators and the listeners for clients. */
export async function openSmppService(env: z.output<typeof smppEnv>, telemetry: Telemetry): Promise<SmppService> {
	const { log, metrics } = telemetry;
	const counts = countsOnAws(env, log);
	const receivers = receiversOnAws(env, { log, metrics, counter: counts });
	const clients = await openClientServerOnAws(env, receivers, { log, metrics, counter: counts });
	const operators = openOperatorLinksOnAws(env, { log, metrics, counter: counts });
	const countTimer = setInterval(() => void counts.flush(), flushEveryMs);
	const measureTimer = setInterval(() => {
		operators.measureState();
		metrics.measure("ClientSessions", clients.sessions);
	}, measureMs);
	const writeTimer = setInterval(() => {
		operators.logState();
		void operators.publishLanes();
		metrics.flush();
	}, writeMs);
	return {
		operators: operators.count,
		health: () => ({ started: operators.started, sessions: clients.sessions, binds_up: operators.bindsUp() }),
		async stop() {
			await Promise.all([clients.stop(clientsDrainMs), operators.stop()]);
			for (const timer of [measureTimer, writeTimer, countTimer]) clearInterval(timer);
			await counts.flush();
		},
	};
}
