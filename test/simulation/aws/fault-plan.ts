import { hashOfText } from "../kernel/draws.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Step } from "./write-steps.ts";

/** The faults of one call to AWS. */
export const callFaults = [
	/** The request never arrives; the client waits until its limit. */
	"request-lost",
	/** The call takes effect but its response is lost: the SDK repeats it. */
	"answer-lost",
	/** The client times out, and the call takes effect later: perhaps after the SDK's repetition. */
	"late-effect",
	/** The whole call is throttled. */
	"throttled",
	/** Some of its statements, items or entries are throttled. */
	"partial",
	/** Nothing listens there. */
	"unreached",
	/** A 5xx, without effect. */
	"error",
	/** A 5xx, and it took effect. */
	"error-after-effect",
	"death-before",
	"death-after-effect",
	/** SIGSTOP right after the effect, for 5 to 60 s. */
	"freeze-after-effect",
	/** The whole service is out for a while. */
	"outage",
] as const;
export type CallFault = (typeof callFaults)[number];

/** A fault of a call, drawn or scripted. `times` is the number of consecutive SDK attempts that it affects. */
export type PlannedFault = { readonly kind: CallFault; readonly times: number; readonly ms?: number };

export type FaultPlan = {
	/** The fault of one attempt of a call. */
	next(step: Step, process: string, attempt: number): PlannedFault | undefined;
	/** Each pair of fault and write step that occurred. */
	readonly pairs: ReadonlySet<string>;
	/** Each pair of fault and write step that could have occurred. */
	readonly possible: ReadonlySet<string>;
	/** Each pair of scripted fault and step that occurred. */
	readonly scripted: ReadonlySet<string>;
};

export type FaultPlanOptions = {
	readonly kernel: Kernel;
	/** The kinds of fault that this history has. */
	readonly kinds: ReadonlySet<string>;
	/** Random faults end at the first instant. Until the second, each step's assigned fault may still occur. */
	readonly until: number;
	readonly assignedUntil: number;
	/** Scripted faults by step name, in the order of the step's calls. Undefined is a call without a fault. */
	readonly script?: ReadonlyMap<string, readonly (PlannedFault | undefined)[]> | undefined;
};

/**
 * One of the first calls of each step gets a fault, by turns over the seeds, so every fault meets every step within
 * some hundred seeds. Rare steps get theirs in every history, at once, and often another one at each further attempt of the same call.
 */
const rareSteps =
	/-dead$|messages:DELETE$|schedules$|:account$|^(check-due|lane-dead-letters|delete-message|operator|incoming|get-client-message|get-batch):|reports:DELETE$|^post-(message|batch):.*:reports$|:UpdateItem:batches$|^smpp:UpdateItem:limits$|^receipts:UpdateItem:submissions$/;
/** A definite refusal by a queue makes the gateway take rows back. The usual rate would make that too rare. */
const takingSteps = /^(post-message|post-batch|smpp):SendMessageBatch:lane$/;
const takingRate = 0.03;
const assignedShare = { usual: 0.4, rare: 1 } as const;
const atFirst = 0.6;
const assignedWithin = 3;
const anotherRate = 0.7;
/** The largest number of attempts of any of the gateway's clients. */
const triesMost = 4;
const usualRate = { write: 0.006, read: 0.003 } as const;

type StepState = { count: number; readonly assignedAt: number; assigned: CallFault | undefined };

/** Draws faults by seed, step and occurrence. */
export function faultPlan({ kernel, kinds, until, assignedUntil, script }: FaultPlanOptions): FaultPlan {
	const { draws, seed } = kernel;
	const states = new Map<string, StepState>();
	const pairs = new Set<string>();
	const possible = new Set<string>();
	const met = new Set<string>();
	const enabled = callFaults.filter((kind) => kinds.has(kind));
	/** The fault that continues over the attempts of one call, by process and step. */
	const repeated = new Map<string, { kind: CallFault; left: number }>();

	/** Each kind has its turn, over the seeds and over the attempts of one call. */
	function turnOf(name: string, attempt: number): CallFault | undefined {
		return enabled[(hashOfText(name) + seed + attempt - 1) % Math.max(1, enabled.length)];
	}

	function stateOf({ name, isWrite }: Step): StepState {
		const known = states.get(name);
		if (known !== undefined) return known;
		const isRare = rareSteps.test(name);
		const isMet = isWrite && draws.chance(name, "appointed", isRare ? assignedShare.rare : assignedShare.usual);
		const isFirst = isRare || draws.chance(name, "appointed at first", atFirst);
		const state = {
			count: 0,
			assignedAt: isFirst ? 0 : draws.integer(name, "appointed at", 1, assignedWithin),
			assigned: isMet ? turnOf(name, 1) : undefined,
		};
		states.set(name, state);
		return state;
	}

	function drawn(step: Step): PlannedFault | undefined {
		const state = stateOf(step);
		state.count += 1;
		const scripted = script?.get(step.name)?.[state.count - 1];
		if (scripted !== undefined) {
			met.add(`${scripted.kind} ${step.name}`);
			return scripted;
		}
		const kind = rarePartial(step) ?? assignedTo(state, step) ?? refusal(step) ?? randomFault(step);
		if (kind === undefined) return undefined;
		return { kind, times: timesOf(step) };
	}

	/** The number of SDK attempts with this fault: for a rare step often all of them. */
	function timesOf({ name }: Step): number {
		if (rareSteps.test(name) && draws.chance(name, "always", 0.5)) return triesMost;
		return draws.chance(name, "once", 0.6) ? 1 : draws.integer(name, "times", 2, triesMost);
	}

	/** Once per step, at a call that can have this fault. */
	function assignedTo(state: StepState, { parts }: Step): CallFault | undefined {
		const { assigned, assignedAt, count } = state;
		if (assigned === undefined || count - 1 < assignedAt || kernel.now >= assignedUntil) return undefined;
		if (assigned === "partial" && parts < 2) return undefined;
		state.assigned = undefined;
		return assigned;
	}

	/** Rare steps seldom have several parts. If they do, some are throttled. */
	function rarePartial({ name, parts, isWrite }: Step): CallFault | undefined {
		const isPossible = isWrite && parts > 1 && kinds.has("partial") && kernel.now < assignedUntil;
		return isPossible && rareSteps.test(name) ? "partial" : undefined;
	}

	function refusal({ name }: Step): CallFault | undefined {
		const isPossible = kinds.has("throttled") && kernel.now < until && takingSteps.test(name);
		return isPossible && draws.chance(name, "refusal", takingRate) ? "throttled" : undefined;
	}

	function randomFault({ name, isWrite }: Step): CallFault | undefined {
		if (enabled.length === 0 || kernel.now >= until) return undefined;
		const isFaulty = draws.chance(name, "fault", isWrite ? usualRate.write : usualRate.read);
		return isFaulty ? draws.pick(name, "kind", enabled) : undefined;
	}

	function noted(step: Step, fault: PlannedFault | undefined): PlannedFault | undefined {
		if (fault?.kind === "partial" && step.parts < 2) return undefined;
		if (fault !== undefined && step.isWrite) pairs.add(`${fault.kind} ${step.name}`);
		return fault;
	}

	function notePossible({ name, parts }: Step): void {
		const isKnown = possible.has(`${callFaults[0]} ${name}`);
		if (!isKnown) for (const kind of callFaults) if (kind !== "partial") possible.add(`${kind} ${name}`);
		/* Few calls of a rare step have several parts: only those count that can have this fault. */
		if (parts > 1 && kinds.has("partial") && kernel.now < assignedUntil) possible.add(`partial ${name}`);
	}

	function repetition(key: string): PlannedFault | undefined {
		const going = repeated.get(key);
		if (going === undefined || going.left <= 0) return undefined;
		going.left -= 1;
		return { kind: going.kind, times: 1 };
	}

	/** A further attempt of a rare step whose first attempt had a fault. */
	function anotherFault({ name, isWrite }: Step, key: string, attempt: number): PlannedFault | undefined {
		if (!isWrite || !repeated.has(key) || !rareSteps.test(name) || kernel.now >= assignedUntil) return undefined;
		const kind = draws.chance(name, "another", anotherRate) ? turnOf(name, attempt) : undefined;
		return kind && { kind, times: 1 };
	}

	return {
		pairs,
		possible,
		scripted: met,
		next(step, process, attempt) {
			if (step.isWrite) notePossible(step);
			const key = `${process} ${step.name}`;
			if (attempt > 1) return repetition(key) ?? noted(step, anotherFault(step, key, attempt));
			const fault = noted(step, drawn(step));
			if (fault !== undefined) repeated.set(key, { kind: fault.kind, left: fault.times - 1 });
			else repeated.delete(key);
			return fault;
		},
	};
}
