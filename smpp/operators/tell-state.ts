import type { Operator } from "#shared/domain/operators.ts";
import type { Log, Metrics } from "#shared/ports.ts";
import type { Desk } from "./operator-desk.ts";

/** Measures how an operator's binds stand; each bind by itself is a line of the log, for a figure of each would be dear. */
export function tellState(operator: Operator, { seats, exposure }: ReturnType<Desk["state"]>, metrics: Metrics): void {
	metrics.measure("BindsHeld", seats.length, operator);
	metrics.measure("BindsUp", seats.filter(({ bound }) => bound).length, operator);
	metrics.measure("WindowInUse", sumOf(seats.map(({ inFlight }) => inFlight)), operator);
	metrics.measure("SubmitRate", sumOf(seats.map(({ tps }) => tps)), operator);
	metrics.measure("Exposure", exposure, operator);
}

/** Measures how long what goes to an operator waits. Told also while nothing does: silence means that the task stands still. */
export function tellWaiting(operator: Operator, waiting: ReturnType<Desk["waiting"]>, metrics: Metrics): void {
	metrics.measure("UrgentUnsubmittedAge", waiting.urgentMs, operator);
	metrics.measure("BulkUnsubmittedAge", waiting.bulkMs, operator);
	metrics.measure("LaneUnreadFor", waiting.unreadMs, operator);
}

export function logState(
	operator: Operator,
	{ seats, exposure }: ReturnType<Desk["state"]>,
	log: Pick<Log, "info">,
): void {
	if (seats.length > 0) log.info("operator.state", { operator, exposure, binds: seats });
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
