import { smppEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { tellingOnAws } from "#shared/wiring/figures-on-aws.ts";
import { openHealth } from "./open-health.ts";
import { openService } from "./open-service.ts";

/**
 * The SMPP service: keeps our binds to the operators, sends what their lanes hold and takes in what they deliver, and serves the clients
 * that bind to us.
 */
const env = readEnv(smppEnv);
const telling = tellingOnAws(env, "smpp");
const { log, metrics } = telling;
const service = await openService(env, telling);
const health = await openHealth(env.HEALTH_PORT);
log.info("service.started", { operators: service.operators });

/** ECS kills what has not stopped after 30 s; what was on its way then is found again by whoever comes next. */
const stopMaxMs = 27_000;

async function stop(): Promise<void> {
	setTimeout(() => {
		log.error("service.cut_short");
		process.exit(1);
	}, stopMaxMs).unref();
	await service.stop();
	health.close();
	log.info("service.stopped");
	metrics.flush();
	process.exit(0);
}

process.once("SIGTERM", () => void stop());
process.once("SIGINT", () => void stop());
