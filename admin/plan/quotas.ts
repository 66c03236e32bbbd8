/** What a plan asks of AWS in its busiest second. */
export type Demand = {
	readonly requestsPerSecond: number;
	readonly acceptedPerSecond: number;
	readonly sentPerSecond: number;
	readonly functionsAtOnce: number;
	/** Of one lane, in the hands of tasks. */
	readonly entriesHeld: number;
	/** Whether all of it waits for one moment. */
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

/** Of the Messages table, the busiest: a row is inserted, then SENT, then ended. Where it waits for its moment, it is claimed as well. */
const writesPerMessage = { accepting: 1, sending: 2, claiming: 1 };

const messagesWrites = ({ acceptedPerSecond, sentPerSecond, scheduled }: Demand) =>
	acceptedPerSecond * writesPerMessage.accepting +
	sentPerSecond * (writesPerMessage.sending + (scheduled ? writesPerMessage.claiming : 0));
/** And read at its pick-up, for its receipt, for its report, and once more for some of them. */
const messagesReads = ({ sentPerSecond }: Demand) => sentPerSecond * 4;

/** 25 ids of 16 digits, an account's name of 64 characters, and JSON around them. */
const laneEntryBytes = 600;

/**
 * What an account may do in AWS's larger regions unless it asked for more, to our knowledge of November 2026, and what of it is needed. Nearly all
 * can be raised; docs/deploy.md says where to write down what one got.
 */
const quotas: readonly (readonly [name: string, allowed: number, needed: (demand: Demand) => number])[] = [
	["API Gateway: requests a second", 10_000, (demand) => demand.requestsPerSecond],
	["Lambda: functions running at once", 1_000, (demand) => demand.functionsAtOnce],
	["DynamoDB: writes a second, new table", 4_000, messagesWrites],
	["DynamoDB: writes a second, any table", 40_000, messagesWrites],
	["DynamoDB: reads a second, new table", 12_000, messagesReads],
	["DynamoDB: reads a second, any table", 40_000, messagesReads],
	["SQS: entries of a lane in flight", 120_000, (demand) => demand.entriesHeld],
	["SQS: bytes of an entry", 1_048_576, () => laneEntryBytes],
	["Scheduler: invocations a second", 1_000, ({ scheduled }) => (scheduled ? 1 : 0)],
	["Fargate: cores, new account", 6, ({ tasks }) => tasks],
];

/** From which part of a quota on it is time to ask for more. */
const nearShare = 0.8;

/** Each quota, and what the plan needs of it. */
export function quotaRows(demand: Demand): readonly QuotaRow[] {
	return quotas.map(([quota, allowed, neededBy]) => {
		const needed = Math.ceil(neededBy(demand));
		return {
			quota,
			allowed,
			needed,
			percent: Math.ceil((needed / allowed) * 100),
			verdict: verdictFor(needed / allowed),
		};
	});
}

function verdictFor(part: number): QuotaRow["verdict"] {
	if (part > 1) return "beyond";
	return part >= nearShare ? "near" : "fits";
}
