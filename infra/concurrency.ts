import type { routes } from "#shared/contracts/routes.ts";
import { lanes } from "#shared/domain/message/lanes.ts";
import { quotas } from "./quotas.ts";
import { type StageSizes, shareMin } from "./stage-sizes.ts";

/**
 * Of the stage's part of its account's concurrent invocations, how many percent each function behind the API has for itself: so many and no
 * more, so that a flood of one kind takes nothing from another. What is left belongs to the queues' functions, which their feeds bound.
 */
export const reservedPercent: Readonly<Record<(typeof routes)[number]["entry"] | "unknown-route", number>> = {
	"post-message": 30,
	"post-batch": 15,
	"get-message": 10,
	"get-client-message": 5,
	"get-batch": 5,
	"delete-message": 5,
	"get-senders": 2,
	"get-openapi": 1,
	"unknown-route": 2,
};

/** As few as AWS takes: nobody waits for the end of what never went. */
export const deadLettersConcurrencyMax = 2;

type SizedStage = { readonly sizes: StageSizes; readonly quotas: { readonly lambdaConcurrency: number } };

/** What the queues' functions may run at once, all together. */
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

/** The stage's part: what it says, or as much of the account's as leaves the queues' functions theirs. */
function shareOf(stage: SizedStage): number {
	const { lambdaConcurrency } = stage.quotas;
	const fits = (lambdaConcurrency - Math.max(shareMin, consumersConcurrency(stage))) / reservedShare;
	return stage.sizes.lambdaConcurrency ?? Math.min(lambdaConcurrency, Math.floor(fits));
}

const reservedShare = Object.values(reservedPercent).reduce((all, percent) => all + percent, 0) / 100;

/** Why the account is too small for this stage even when it is alone there, or undefined where it is not. */
export function concurrencyProblem(stage: SizedStage): string | undefined {
	const needed = Math.ceil(shareMin * reservedShare) + Math.max(shareMin, consumersConcurrency(stage));
	const { lambdaConcurrency } = stage.quotas;
	if (lambdaConcurrency >= needed) return undefined;
	return `${lambdaConcurrency} are too few: with these sizes a stage needs ${needed}; ask AWS for more (Service Quotas, ${quotas.lambdaConcurrency.code})`;
}

/** What an account has for `entry`, or undefined where it takes of what is left. */
export function reservedConcurrency(entry: string, stage: SizedStage): number | undefined {
	const percent = (reservedPercent as Readonly<Record<string, number | undefined>>)[entry];
	return percent === undefined ? undefined : Math.floor((shareOf(stage) * percent) / 100);
}
