import { chosenOutcomes } from "./chosen-outcomes.ts";
import { startControlServer } from "./control-server.ts";
import { messageIds } from "./message-ids.ts";
import { phoneLog } from "./phone-log.ts";
import { startSimulatedOperator } from "./simulated-operator.ts";
import { submitLog } from "./submit-log.ts";

export type SimulatedOperators = {
	readonly ports: Readonly<Record<string, number>>;
	readonly controlPort: number;
	close(): Promise<void>;
};

const phoneEventsMax = 5_000;
const submitsMax = 200_000;
const defaultReceiptDelayMs = 100;

/** Starts simulated SMSCs by name, each on its port, and their control server. Port 0 is any free one. */
export async function startSimulatedOperators(
	ports: Readonly<Record<string, number>>,
	controlPort: number,
): Promise<SimulatedOperators> {
	const log = submitLog(submitsMax);
	const [phones, chosen] = [phoneLog(phoneEventsMax), chosenOutcomes()];
	const deps = { log, phones, chosen, nextMessageId: messageIds(), receiptDelayMs: defaultReceiptDelayMs };
	const started = await Promise.all(
		Object.entries(ports).map(async ([name, port]) => ({
			name,
			operator: await startSimulatedOperator({ ...deps, name, port }),
		})),
	);
	const control = await startControlServer(controlPort, {
		submits: log.records,
		phones: phones.after,
		choose: chosen.choose,
		binds: () => Object.fromEntries(started.map(({ name, operator }) => [name, operator.boundCount()])),
		sendMo(name, mo) {
			const found = started.find((one) => one.name === name);
			found?.operator.sendMo(mo);
			return found !== undefined;
		},
		setReceiptDelay(ms) {
			for (const { operator } of started) operator.setReceiptDelay(ms);
		},
	});
	return {
		ports: Object.fromEntries(started.map(({ name, operator }) => [name, operator.port])),
		controlPort: control.port,
		async close() {
			await Promise.all([control.close(), ...started.map(({ operator }) => operator.close())]);
		},
	};
}
