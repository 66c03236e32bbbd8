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
	/** That send in this time, each from every function at least once a minute. */
	readonly accounts: number;
	/** Two for each account that uses SMPP, as if all did. */
	readonly sessionsPerTask: number;
	/** Of functions that post reports: their number at once. */
	readonly concurrentPosts: number;
	/** From the acceptance of the first message to the submit of the last. */
	readonly hoursToLast: number;
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

/** A function checks a password for 50 ms of a core, and remembers it for a minute. */
const passwordCorePercent = ({ accounts }: Demand) => (accounts * 0.05 * 100) / 60;

/** Limits of the gateway's own, by its default settings. */
const ownLimits = {
	sessions: { what: "clients' SMPP sessions of one task", allowed: 2_000 },
	posts: { what: "functions that post reports at once", allowed: 50 },
	passwords: { what: "percent of a function's core that checks passwords", allowed: 100 },
	hours: { what: "hours to the last submit; a message expires after 24", allowed: 24 },
} as const satisfies Record<string, AwsQuota>;

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
	[ownLimits.sessions, ({ sessionsPerTask }) => sessionsPerTask],
	[ownLimits.posts, ({ concurrentPosts }) => concurrentPosts],
	[ownLimits.passwords, passwordCorePercent],
	[ownLimits.hours, ({ hoursToLast }) => hoursToLast],
];

/** At or above this share of a quota, ask for more. */
const nearShare = 0.8;

/** Compares the plan with the default of each quota, and with the gateway's own limits. */
export function quotaRows(demand: Demand): readonly QuotaRow[] {
	return needs.map(([{ what, allowed }, neededBy]) => {
		const needed = Math.ceil(neededBy(demand));
		const percent = Math.ceil((needed / allowed) * 100);
		return { quota: what, allowed, needed, percent, verdict: verdictFor(needed / allowed) };
	});
}

/** The limit of which most is needed. */
export function breaksFirst(rows: readonly QuotaRow[]): QuotaRow | undefined {
	return rows.toSorted((one, other) => other.needed / other.allowed - one.needed / one.allowed)[0];
}

function verdictFor(share: number): QuotaRow["verdict"] {
	if (share > 1) return "beyond";
	return share >= nearShare ? "near" : "fits";
}
