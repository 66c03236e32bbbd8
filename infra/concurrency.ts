import type { routes } from "#shared/contracts/routes.ts";
import { lanes } from "#shared/domain/message/lanes.ts";
import { quotas } from "./quotas.ts";
import { type StageSizes, shareMin } from "./stage-sizes.ts";

/**
 * Percent of the stage's concurrent invocations that are reserved for each function behind the API. A reservation is also a limit, so a flood of
 * one kind of request leaves the others theirs. The rest belongs to the queues' functions, which their event source mappings limit.
 */
export const reservedPercent: Readonly<Record<(typeof routes)[number]["entry"] | "unknown-route", number>> = {
	"post-message": 29,
	"post-batch": 15,
	"get-message": 8,
	"get-client-message": 5,
	"get-batch": 4,
	search: 3,
	"delete-message": 5,
	"get-senders": 2,
	"get-stats": 1,
	"get-openapi": 1,
	"unknown-route": 2,
};

/** AWS's minimum: ending messages of dead letters is not urgent. */
export const deadLettersConcurrencyMax = 2;

type SizedStage = { readonly sizes: StageSizes; readonly quotas: { readonly lambdaConcurrency: number } };

/** Concurrent invocations of all queues' functions together. */
export function consumersConcurrency({ sizes }: Pick<SizedStage, "sizes">): number {
	const ofLanes = lanes.length * deadLettersConcurrencyMax;
	return (
		sizes.receiptsConcurrencyMax +
		sizes.reportsConcurrencyMax +
		sizes.incomingConcurrencyMax +
		sizes.dueShardsConcurrencyMax +
		ofLanes
	);
}

/** As set, or what the queues' functions leave of the account's. */
function shareOf(stage: SizedStage): number {
	const { lambdaConcurrency } = stage.quotas;
	const fits = (lambdaConcurrency - Math.max(shareMin, consumersConcurrency(stage))) / reservedShare;
	return stage.sizes.lambdaConcurrency ?? Math.min(lambdaConcurrency, Math.floor(fits));
}

const reservedShare = Object.values(reservedPercent).reduce((all, percent) => all + percent, 0) / 100;

/** The problem if the account is too small for this stage alone. */
export function concurrencyProblem(stage: SizedStage): string | undefined {
	const needed = Math.ceil(shareMin * reservedShare) + Math.max(shareMin, consumersConcurrency(stage));
	const { lambdaConcurrency } = stage.quotas;
	if (lambdaConcurrency >= needed) return undefined;
	return `${lambdaConcurrency} is too low: a stage of these sizes needs ${needed}; ask AWS for more (Service Quotas, ${quotas.lambdaConcurrency.code})`;
}

/** Undefined for a function without a reservation. */
export function reservedConcurrency(entry: string, stage: SizedStage): number | undefined {
	const percent = (reservedPercent as Readonly<Record<string, number | undefined>>)[entry];
	return percent === undefined ? undefined : Math.floor((shareOf(stage) * percent) / 100);
}
