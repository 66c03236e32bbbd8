import { smppEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { telemetryOnAws } from "#shared/wiring/telemetry-on-aws.ts";
import { openHealthServer } from "./health-server.ts";
import { openSmppService } from "./smpp-service.ts";

/** The SMPP service: sends to the operators, receives from them, and serves the clients that bind to us. */
const env = readEnv(smppEnv);
const telemetry = telemetryOnAws(env, "smpp");
const { log, metrics } = telemetry;
const service = await openSmppService(env, telemetry);
const health = await openHealthServer(env.HEALTH_PORT, service.health);
log.info("service.started", { operators: service.operators });

/** ECS kills a task 30 s after SIGTERM. What is under way then is found by the next task. */
const stopMaxMs = 27_000;

async function stop(): Promise<void> {
	setTimeout(() => {
		log.error("service.stop_timed_out");
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
