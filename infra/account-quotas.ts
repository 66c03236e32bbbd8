import { type QuotaResource, quotaProblems, type StageQuotaName, stageQuotaNames } from "./quotas.ts";
import type { Stage } from "./stage.ts";

export type SynthesisedStage = { readonly stage: Stage; readonly resources: readonly QuotaResource[] };

/** @throws Error in one line if the stages of an account and region exceed its quotas, or disagree about them. */
export function assertWithinQuotas(all: readonly SynthesisedStage[]): void {
	const accountRegions = Map.groupBy(all, ({ stage }) => `account ${stage.account} in ${stage.region}`);
	const problems = [...accountRegions].flatMap(([place, stages]) =>
		problemsOf(stages).map((one) => `${place}: ${one}`),
	);
	if (problems.length > 0) throw new Error(problems.join("; "));
}

function problemsOf(stages: readonly SynthesisedStage[]): readonly string[] {
	const names = stages.map(({ stage }) => stage.name).join(", ");
	const [first, ...others] = stages;
	if (first === undefined) return [];
	const differs = stageQuotaNames.find((name) =>
		others.some((other) => other.stage.quotas[name] !== first.stage.quotas[name]),
	);
	if (differs !== undefined) return [differenceOf(differs, stages)];
	const resources = stages.flatMap((one) => one.resources);
	return quotaProblems(resources, first.stage.quotas).map((problem) => `${problem} (stages: ${names})`);
}

function differenceOf(name: StageQuotaName, stages: readonly SynthesisedStage[]): string {
	const valuesByStage = stages.map(({ stage }) => `${stage.quotas[name]} in ${stage.name}`).join(", ");
	return `quotas.${name} belongs to the account and must be the same in all its stages: it is ${valuesByStage}`;
}
