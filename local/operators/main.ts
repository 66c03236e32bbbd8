import * as z from "zod";
import { jsonText } from "#shared/contracts/json-text.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import type { OperatorsReady } from "./operators-ready.ts";
import { startSimulatedOperators } from "./start-simulated-operators.ts";

/** The process of the simulated operators. It reports its ports to its parent, and ends when the parent does. */
const port = z.int().min(0).max(65_535);
const operatorsEnv = z.object({
	/** By operator name; 0 for any free port. */
	OPERATOR_PORTS: jsonText.pipe(z.record(z.string().min(1), port)),
	CONTROL_PORT: z.coerce.number().pipe(port),
});

const env = readEnv(operatorsEnv);
const operators = await startSimulatedOperators(env.OPERATOR_PORTS, env.CONTROL_PORT);

async function stop(): Promise<void> {
	await operators.close();
	process.exit(0);
}
process.once("SIGTERM", stop);
process.once("disconnect", stop);
// Ctrl-C reaches every process of the terminal. A parent decides when to stop this one: the gateway drains first.
process.on("SIGINT", () => {
	if (!process.connected) void stop();
});

process.send?.({ ready: true, ports: operators.ports, controlPort: operators.controlPort } satisfies OperatorsReady);
