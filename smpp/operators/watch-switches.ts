import { type Operator, operators } from "#shared/domain/message/operators.ts";
import { repeatWithPauses } from "#shared/flow/repeat-with-pauses.ts";
import type { Log } from "#shared/log.ts";
import type { OperatorSwitches } from "#shared/usecases/send/operator-switches.ts";

export type SwitchWatch = {
	isPaused(operator: Operator): boolean;
	isBatchPaused(batchId: number): boolean;
	/** Whether the switches were read once. */
	readonly known: boolean;
	stop(): void;
};

/**
 * Knows which operators and batches are paused, by reading the switches repeatedly. While they cannot be read, the last reading
 * holds; before the first one, all operators count as paused.
 * @param onChange called for each operator that was paused or resumed.
 */
export function watchSwitches(
	switches: Pick<OperatorSwitches, "paused">,
	everyMs: number,
	onChange: (operator: Operator) => void,
	log: Log,
): SwitchWatch {
	const stopping = new AbortController();
	let paused: ReadonlySet<Operator> | undefined;
	let batches: ReadonlySet<number> = new Set();
	const isPaused = (operator: Operator) => paused === undefined || paused.has(operator);

	async function readSwitches(): Promise<void> {
		const { operators: seen, batches: seenBatches } = await switches.paused();
		const changed = operators.filter((operator) => seen.has(operator) !== isPaused(operator));
		const announced = operators.filter((operator) => seen.has(operator) !== (paused?.has(operator) ?? false));
		paused = seen;
		logBatches(log, batches, seenBatches);
		batches = seenBatches;
		for (const operator of announced) {
			log.info(seen.has(operator) ? "operator.paused" : "operator.resumed", { operator });
		}
		for (const operator of changed) onChange(operator);
	}

	void repeatWithPauses(readSwitches, {
		signal: stopping.signal,
		pauseMs: () => everyMs,
		onFailed: (err) => log.warn("operator_switches.read_failed", { err }),
	});
	return {
		isPaused,
		isBatchPaused: (batchId) => batches.has(batchId),
		get known() {
			return paused !== undefined;
		},
		stop: () => stopping.abort(),
	};
}

function logBatches(log: Log, before: ReadonlySet<number>, now: ReadonlySet<number>): void {
	const [paused, resumed] = [[...now].filter((id) => !before.has(id)), [...before].filter((id) => !now.has(id))];
	if (paused.length > 0) log.info("batches.paused", { batch_ids: paused });
	if (resumed.length > 0) log.info("batches.resumed", { batch_ids: resumed });
}
