import type { Operator } from "#shared/domain/message/operators.ts";
import { callFaults } from "../aws/fault-plan.ts";
import { draws } from "../kernel/draws.ts";

/** Faults other than those of single calls to AWS. */
export const worldFaults = [
	"task-kill",
	"task-freeze",
	"task-replacement",
	/** A third task starts and stops: binds are rebalanced. */
	"rebalancing",
	"function-death",
	"clock-skew",
	"schedule-late",
	"schedule-twice",
	"sqs-duplicate",
	"sqs-disorder",
	/** The deletion of a processed batch is lost. */
	"deletion-lost",
	"smsc-trouble",
	"smsc-outage",
	"line-drop",
	"webhook-trouble",
	"esme-trouble",
	"impatient-client",
] as const;

export const faultKinds = [...callFaults, ...worldFaults] as const;
export type FaultKind = (typeof faultKinds)[number];

export type OperatorSettings = {
	readonly operator: Operator;
	readonly binds: number;
	readonly window: number;
	readonly tps: number;
	readonly receiptIds: "same" | "hex";
};

/** The settings of a history, drawn from its seed. */
export type HistorySettings = {
	readonly seed: number;
	readonly startAt: number;
	/** Kinds of fault in this history; none in a calm one. */
	readonly faults: ReadonlySet<FaultKind>;
	readonly operators: readonly OperatorSettings[];
	readonly tasks: number;
	readonly messages: number;
	/** Duration of the clients' traffic, and how much longer faults occur. */
	readonly trafficMs: number;
	readonly faultsMs: number;
	/** The longest validity of a message, not counting schedules. */
	readonly expiryMaxMs: number;
	/** Whether schedules and windows span days. */
	readonly isLong: boolean;
	/** Daily quota of the SMPP client; null: none. */
	readonly messagesPerDay: number | null;
};

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** A Monday, at midnight in UTC. */
const mondayAt = Date.UTC(2027, 0, 4);

const calmShare = 0.1;
const longShare = 0.05;
const kindShare = 0.6;
const quotaShare = 0.15;

/** @param only if given, only these kinds of fault may occur. */
export function historySettings(seed: number, only?: ReadonlySet<string>): HistorySettings {
	const draw = draws(seed);
	const actor = "settings";
	const isCalm = draw.chance(actor, "is calm", calmShare);
	const faults = faultKinds.filter(
		(kind) => draw.chance(actor, kind, kindShare) && !isCalm && (only === undefined || only.has(kind)),
	);
	const isLong = draw.chance(actor, "is long", longShare);
	const operatorCount = draw.integer(actor, "operators", 1, 2);
	const operators = (["kcell", "beeline"] as const).slice(0, operatorCount).map((operator) => ({
		operator,
		binds: draw.integer(actor, "binds", 1, 3),
		window: draw.integer(actor, "window", 2, 10),
		tps: draw.integer(actor, "tps", 20, 100),
		receiptIds: draw.pick(actor, "receipt ids", ["same", "same", "hex"] as const),
	}));
	const startHour = draw.pick(actor, "hour", [3, 4, 8, 12, 13, 15, 20]);
	return {
		seed,
		startAt:
			mondayAt +
			draw.integer(actor, "day", 0, 6) * dayMs +
			startHour * hourMs +
			draw.integer(actor, "minute", 0, 59) * minuteMs,
		faults: new Set(faults),
		operators,
		tasks: 2,
		messages: draw.integer(actor, "messages", 100, 130),
		trafficMs: draw.integer(actor, "traffic", 40, 150) * 1_000,
		faultsMs: draw.integer(actor, "trouble", 20, 90) * 1_000,
		expiryMaxMs: draw.pick(actor, "expiry", [2 * minuteMs, 10 * minuteMs, 30 * minuteMs, 2 * hourMs]),
		isLong,
		messagesPerDay: draw.chance(actor, "has a quota", quotaShare) ? draw.integer(actor, "quota", 10, 40) : null,
	};
}
