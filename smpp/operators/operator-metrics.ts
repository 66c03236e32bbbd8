import type { Operator } from "#shared/domain/message/operators.ts";
import type { Log } from "#shared/log.ts";
import type { Metrics } from "#shared/metrics.ts";
import type { OperatorSender } from "./operator-sender.ts";

/** Metrics of an operator's binds together. Single binds are only logged: a metric for each would cost too much. */
export function measureState(
	operator: Operator,
	{ leasedBinds, exposure }: ReturnType<OperatorSender["state"]>,
	metrics: Metrics,
): void {
	metrics.measure("BindsHeld", leasedBinds.length, operator);
	metrics.measure("BindsUp", leasedBinds.filter(({ bound }) => bound).length, operator);
	metrics.measure("WindowInUse", sumOf(leasedBinds.map(({ inFlight }) => inFlight)), operator);
	metrics.measure("SubmitRate", sumOf(leasedBinds.map(({ tps }) => tps)), operator);
	metrics.measure("Exposure", exposure, operator);
}

/** Measured also while the task is idle: a missing value means that it is stuck. */
export function measureWaiting(
	operator: Operator,
	waiting: ReturnType<OperatorSender["waiting"]>,
	metrics: Metrics,
): void {
	metrics.measure("UrgentUnsubmittedAge", waiting.urgentMs, operator);
	metrics.measure("BulkUnsubmittedAge", waiting.bulkMs, operator);
	metrics.measure("LaneReceiveGap", waiting.receiveGapMs, operator);
}

export function logState(
	operator: Operator,
	{ leasedBinds, exposure }: ReturnType<OperatorSender["state"]>,
	log: Pick<Log, "info">,
): void {
	if (leasedBinds.length > 0) log.info("operator.state", { operator, exposure, binds: leasedBinds });
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
