import { type AwsQuota, awsQuotas } from "#shared/domain/aws-quotas.ts";

/** Load on AWS in the busiest second of a plan. */
export type Demand = {
	readonly requestsPerSecond: number;
	readonly acceptedPerSecond: number;
	readonly sentPerSecond: number;
	readonly concurrentFunctions: number;
	/** Of one lane, held by tasks. */
	readonly entriesHeld: number;
	readonly scheduled: boolean;
	readonly tasks: number;
};

export type QuotaRow = {
	readonly quota: string;
	readonly allowed: number;
	readonly needed: number;
	readonly percent: number;
	readonly verdict: "fits" | "near" | "beyond";
};

/** Writes of a row of Messages, the busiest table: insert, SENT, end; a scheduled message is claimed as well. */
const messagesWrites = ({ acceptedPerSecond, sentPerSecond, scheduled }: Demand) =>
	acceptedPerSecond + sentPerSecond * (scheduled ? 3 : 2);
/** Reads of a row: pick-up, receipt, report, and a second one of some rows. */
const messagesReads = ({ sentPerSecond }: Demand) => sentPerSecond * 4;

/** 25 ids of 16 digits, an account name of 64 characters, and their JSON. */
const laneEntryBytes = 600;

const needs: readonly (readonly [AwsQuota, needed: (demand: Demand) => number])[] = [
	[awsQuotas.apiRequestsPerSecond, (demand) => demand.requestsPerSecond],
	[awsQuotas.lambdaConcurrency, (demand) => demand.concurrentFunctions],
	[awsQuotas.newTableWriteUnits, messagesWrites],
	[awsQuotas.tableWriteUnits, messagesWrites],
	[awsQuotas.newTableReadUnits, messagesReads],
	[awsQuotas.tableReadUnits, messagesReads],
	[awsQuotas.entriesInFlight, (demand) => demand.entriesHeld],
	[awsQuotas.entryBytes, () => laneEntryBytes],
	[awsQuotas.schedulerInvocations, ({ scheduled }) => (scheduled ? 1 : 0)],
	[awsQuotas.fargateVcpus, ({ tasks }) => tasks],
];

/** At or above this share of a quota, ask for more. */
const nearShare = 0.8;

/** Compares the plan with the default of each quota. */
export function quotaRows(demand: Demand): readonly QuotaRow[] {
	return needs.map(([{ what, allowed }, neededBy]) => {
		const needed = Math.ceil(neededBy(demand));
		const percent = Math.ceil((needed / allowed) * 100);
		return { quota: what, allowed, needed, percent, verdict: verdictFor(needed / allowed) };
	});
}

function verdictFor(share: number): QuotaRow["verdict"] {
	if (share > 1) return "beyond";
	return share >= nearShare ? "near" : "fits";
}
