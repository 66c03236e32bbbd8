import type { Operator } from "#shared/domain/message/operators.ts";
import type { Log } from "#shared/log.ts";
import type { Metrics } from "#shared/metrics.ts";
import type { OperatorSender } from "./operator-sender.ts";

/** Measures how an operator's binds stand; each bind by itself is a line of the log, for a figure of each would be dear. */
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

/** Measures how long what goes to an operator waits. Told also while nothing does: silence means that the task stands still. */
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
