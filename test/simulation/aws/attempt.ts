import { cancel, type Kernel } from "../kernel/kernel.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import type { SdkCall } from "./call.ts";
import type { Partial } from "./dynamo-engine.ts";
import type { PlannedFault } from "./fault-plan.ts";
import type { QueueWaiters } from "./queue-waiters.ts";
import { aborted, serverFault, throttled, timedOut, unreached } from "./service-errors.ts";
import type { Step } from "./write-steps.ts";

/** What a service answered, or threw. */
export type AttemptOutcome = { readonly output: object } | { readonly error: unknown };

export type Attempt = {
	readonly call: SdkCall;
	readonly step: Step;
	readonly process: SimulatedProcess;
	/** The number of the SDK's attempt, from 1. */
	readonly tries: number;
	readonly fault: PlannedFault | undefined;
};

export type AttemptDeps = {
	readonly kernel: Kernel;
	readonly waiters: QueueWaiters;
	readonly execute: (call: SdkCall, partial?: Partial) => object;
	/** A number that grows when tables and queues are lost. */
	readonly era: () => number;
};

const latencyMs = { least: 1, most: 9 } as const;
const lateMs = { least: 50, most: 15_000 } as const;
const freezeMs = { least: 5_000, most: 60_000 } as const;

/**
 * Simulates one attempt of a call: the request's delay, its effect, the response's delay, and the fault drawn for it.
 */
export function attempts(deps: AttemptDeps): (attempt: Attempt) => Promise<object> {
	return async (attempt) => {
		const { kernel } = deps;
		const { call, step, process, tries, fault } = attempt;
		if (call.signal?.aborted) throw aborted();
		const { promise, resolve, reject } = Promise.withResolvers<object>();
		const { limitMs } = call.terms;
		const limit = kernel.after(limitMs, process, () => reject(timedOut(limitMs)));
		call.signal?.addEventListener("abort", () => {
			cancel(limit);
			reject(aborted());
		});
		if (fault !== undefined) {
			kernel.trace.note(fault.kind, kernel.now);
			kernel.trace.line(() => `${step.name} (try ${tries}): ${fault.kind}`);
		}
		underWay(deps, attempt, (outcome) => {
			kernel.after(between(kernel, step.name, latencyMs), process, () => {
				cancel(limit);
				if ("error" in outcome) reject(outcome.error);
				else resolve(outcome.output);
			});
		});
		return await promise;
	};
}

function between(
	kernel: Kernel,
	step: string,
	{ least, most }: { readonly least: number; readonly most: number },
): number {
	return least + kernel.draws.number(step, `${least} to ${most} ms`) * (most - least);
}

type Answer = (outcome: AttemptOutcome) => void;

/** A request on its way. It is answered at most once. */
function underWay(given: AttemptDeps, attempt: Attempt, answer: Answer): void {
	const deps = inItsEra(given);
	const { kernel } = deps;
	const { call, step, process, fault } = attempt;
	const arrivesMs = between(kernel, step.name, latencyMs);
	switch (fault?.kind) {
		case "request-lost":
			return;
		case "death-before":
			kernel.at(kernel.now, undefined, () => kernel.kill(process));
			return;
		case "late-effect":
			kernel.after(
				call.terms.limitMs + between(kernel, step.name, lateMs),
				undefined,
				() => void effect(deps, attempt),
			);
			return;
		case "throttled":
			kernel.after(arrivesMs, undefined, () => answer({ error: throttled(call.service) }));
			return;
		case "error":
			kernel.after(arrivesMs, undefined, () => answer({ error: serverFault(call.service) }));
			return;
		case "unreached":
			kernel.after(arrivesMs, undefined, () => answer({ error: unreached() }));
			return;
		case undefined:
			kernel.after(arrivesMs, undefined, () => {
				if (isPoll(call)) poll(deps, attempt, answer);
				else answer(effect(deps, attempt));
			});
			return;
		default:
			kernel.after(arrivesMs, undefined, () => afterEffect(deps, attempt, effect(deps, attempt), answer));
	}
}

/** What was asked before the loss of all tables and queues does not reach the new ones. */
function inItsEra(deps: AttemptDeps): AttemptDeps {
	const own = deps.era();
	return {
		...deps,
		execute(call, partial) {
			if (deps.era() !== own) throw unreached();
			return deps.execute(call, partial);
		},
	};
}

function afterEffect(
	{ kernel }: AttemptDeps,
	{ call, fault, process }: Attempt,
	outcome: AttemptOutcome,
	answer: Answer,
): void {
	switch (fault?.kind) {
		case "answer-lost":
			return;
		case "error-after-effect":
			answer({ error: serverFault(call.service) });
			return;
		case "death-after-effect":
			kernel.kill(process);
			return;
		case "freeze-after-effect":
			kernel.freeze(process, fault.ms ?? between(kernel, process.name, freezeMs));
	}
	answer(outcome);
}

/** What the service does. */
function effect({ kernel, execute }: AttemptDeps, { call, step, fault, process }: Attempt): AttemptOutcome {
	const partial = fault?.kind === "partial" ? skipping(kernel, step) : undefined;
	const outcome = kernel.actFor(process, () => outcomeOf(() => execute(call, partial)));
	if (isPoll(call) && !hasEntries(outcome)) return outcome;
	kernel.trace.note(step.name, kernel.now, "error" in outcome ? 0 : 1);
	kernel.trace.line(() => `${step.name} ${JSON.stringify(call.input)} → ${textOf(outcome)}`);
	return outcome;
}

function outcomeOf(run: () => object): AttemptOutcome {
	try {
		return { output: run() };
	} catch (error) {
		/* A call that the engines do not simulate is an error of the simulator, not of the history. */
		if (error instanceof Error && error.message.startsWith("not supported")) throw error;
		return { error };
	}
}

const textOf = (outcome: AttemptOutcome) =>
	"error" in outcome ? String(outcome.error) : JSON.stringify(outcome.output);

/** Some parts of a call at random, and at least one. */
function skipping({ draws }: Kernel, { name, parts }: Step): Partial {
	const skipped = Array.from({ length: parts }, () => draws.chance(name, "skipped", 0.5));
	if (!skipped.includes(true)) skipped[parts - 1] = true;
	return { skip: (index) => skipped[index] === true };
}

const isPoll = ({ operation, input }: SdkCall) => operation === "ReceiveMessage" && (input.WaitTimeSeconds ?? 0) > 0;

/** An error also ends a long poll. */
const hasEntries = (outcome: AttemptOutcome) => "error" in outcome || "Messages" in outcome.output;

/**
 * A long poll: answers when an entry is visible, or at its time limit. A poll whose client has died sometimes still
 * receives entries.
 */
function poll(deps: AttemptDeps, attempt: Attempt, answer: Answer): void {
	const { kernel, waiters } = deps;
	const { call, step, process } = attempt;
	const { QueueUrl = "", WaitTimeSeconds = 0 } = call.input;
	if (call.signal?.aborted || !process.alive) return;

	const end = () => {
		waiters.remove(QueueUrl, check);
		cancel(over);
		process.onDeath.delete(dies);
		call.signal?.removeEventListener("abort", end);
	};
	const endWith = (outcome: AttemptOutcome) => {
		end();
		answer(outcome);
	};
	const check = () => {
		const outcome = effect(deps, attempt);
		if (hasEntries(outcome)) endWith(outcome);
	};
	const dies = () => {
		if (kernel.draws.chance(step.name, "poll outlives its client", 0.5)) end();
	};
	const over = kernel.after(WaitTimeSeconds * 1_000, undefined, () => endWith({ output: { $metadata: {} } }));
	call.signal?.addEventListener("abort", end);
	process.onDeath.add(dies);
	waiters.add(QueueUrl, check);
	check();
}
