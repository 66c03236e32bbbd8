import { smppEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { tellingOnAws } from "#shared/wiring/figures-on-aws.ts";
import { openClientsOnAws } from "./clients/clients-on-aws.ts";
import { receiversOnAws } from "./clients/receivers-on-aws.ts";
import { openHealth } from "./open-health.ts";
import { openOperatorsOnAws } from "./operators/operators-on-aws.ts";

/**
 * The SMPP service: keeps our binds to the operators, sends what their lanes hold and takes in what they deliver, and serves the clients
 * that bind to us.
 */
const env = readEnv(smppEnv);
const telling = tellingOnAws(env, "smpp");
const { log, metrics } = telling;
const clients = await openClientsOnAws(env, receiversOnAws(env, metrics, log), telling);
const operators = openOperatorsOnAws(env, telling);
const health = await openHealth(env.HEALTH_PORT);
log.info("service.started", { operators: operators.count });

/** Figures of states are measured so often, and all of them told so often, as CloudWatch has them by the minute. */
const measureMs = 10_000;
const tellMs = 30_000;

const measuring = setInterval(() => {
	operators.tellState();
	metrics.measure("ClientSessions", clients.sessions);
}, measureMs);
const tellingAll = setInterval(() => {
	operators.logState();
	metrics.flush();
}, tellMs);

/** ECS kills what has not stopped after 30 s; what was on its way then is found again by whoever comes next. */
const stopMaxMs = 27_000;
/** Within the ten seconds that the local house gives. */
const clientsDrainMs = 6_000;

async function stop(): Promise<void> {
	setTimeout(() => {
		log.error("service.cut_short");
		process.exit(1);
	}, stopMaxMs).unref();
	await Promise.all([clients.stop(clientsDrainMs), operators.stop()]);
	for (const timer of [measuring, tellingAll]) clearInterval(timer);
	health.close();
	log.info("service.stopped");
	metrics.flush();
	process.exit(0);
}

process.once("SIGTERM", () => void stop());
process.once("SIGINT", () => void stop());
