import { cancel, type Kernel } from "../kernel/kernel.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import type { dynamoEngine, Partial } from "./dynamo-engine.ts";
import type { FaultPlan, PlannedFault } from "./fault-plan.ts";
import type { QueueWaiters } from "./queue-waiters.ts";
import type { schedulerEngine } from "./scheduler-engine.ts";
import { aborted, failed, isRetryable, throttled, timedOut } from "./service-errors.ts";
import type { sqsEngine } from "./sqs-engine.ts";
import { type CallInput, type Step, stepOf } from "./write-steps.ts";

export type Service = "dynamodb" | "sqs" | "scheduler";

/** How a client of the SDK calls: how often it tries, and how long it waits each time. */
export type CallTerms = { readonly attemptsMax: number; readonly limitMs: number };

export type Call = {
	readonly service: Service;
	readonly operation: string;
	readonly input: CallInput;
	readonly terms: CallTerms;
	readonly signal: AbortSignal | undefined;
};

export type SimulatedAws = {
	/** What a client's `send` does: tries again as the SDK does. */
	call(call: Call): Promise<object>;
};

export type SimulatedAwsOptions = {
	readonly kernel: Kernel;
	readonly prefix: string;
	readonly dynamo: ReturnType<typeof dynamoEngine>;
	readonly sqs: ReturnType<typeof sqsEngine>;
	readonly scheduler: ReturnType<typeof schedulerEngine>;
	readonly waiters: QueueWaiters;
	readonly faults: FaultPlan;
	/** A schedule was made. */
	readonly onSchedule: () => void;
};

const latencyMs = { least: 1, most: 9 } as const;
const backOff = { firstMs: 100, throttledMs: 500, maxMs: 20_000 } as const;
const lateMs = { least: 50, most: 15_000 } as const;
const freezeMs = { least: 5_000, most: 60_000 } as const;
const outageMs = { least: 2_000, most: 40_000 } as const;

/** AWS between the clients of the SDK and the engines: with latencies, time limits, repetitions and faults. */
export function simulatedAws(options: SimulatedAwsOptions): SimulatedAws {
	const { kernel, prefix, faults } = options;
	const { draws } = kernel;
	const outages = new Map<Service, { readonly until: number; readonly hangs: boolean }>();

	const between = (actor: string, step: string, { least, most }: { least: number; most: number }) =>
		least + draws.number(actor, step) * (most - least);

	function execute({ service, operation, input }: Call, partial?: Partial): object {
		switch (service) {
			case "dynamodb":
				return options.dynamo.execute(operation, input, partial);
			case "sqs": {
				const output = options.sqs.execute(operation, input, Math.floor(kernel.now), partial);
				if (operation !== "ReceiveMessage") options.waiters.changed(input.QueueUrl ?? "");
				return output;
			}
			case "scheduler": {
				const output = options.scheduler.execute(operation, input, Math.floor(kernel.now));
				options.onSchedule();
				return output;
			}
		}
	}

	/** What a call of a service that is out comes to. */
	function outageOf({ service }: Call): PlannedFault | undefined {
		const outage = outages.get(service);
		if (outage === undefined || outage.until <= kernel.now) return undefined;
		return { kind: outage.hangs ? "request-lost" : "error", times: 1 };
	}

	function faultOf(call: Call, step: Step, process: SimulatedProcess, attempt: number): PlannedFault | undefined {
		const fault = outageOf(call) ?? faults.next(step, process.name, attempt);
		if (fault?.kind !== "outage") return fault;
		const until = kernel.now + (fault.ms ?? between(call.service, "outage", outageMs));
		outages.set(call.service, { until, hangs: draws.chance(call.service, "outage hangs", 0.4) });
		kernel.trace.line(() => `${call.service} is out until ${new Date(until).toISOString()}`);
		return outageOf(call);
	}

	/** One try: resolves with the answer, rejects as the SDK's handler does. */
	function attempt(call: Call, step: Step, process: SimulatedProcess, tries: number): Promise<object> {
		const { promise, resolve, reject } = Promise.withResolvers<object>();
		const fault = faultOf(call, step, process, tries);
		const { limitMs } = call.terms;
		const limit = kernel.after(limitMs, process, () => {
			kernel.trace.line(() => `${step.name} timed out`);
			reject(timedOut(limitMs));
		});
		const trip = () => between(process.name, `latency ${step.name}`, latencyMs);
		const answer = (done: () => void) => {
			kernel.after(trip(), process, () => {
				cancel(limit);
				done();
			});
		};
		call.signal?.addEventListener("abort", () => {
			cancel(limit);
			reject(aborted());
		});
		if (fault !== undefined) {
			kernel.trace.line(() => `${step.name} (try ${tries}): ${fault.kind}`);
			kernel.trace.note(fault.kind, kernel.now);
		}
		const effect = (partial?: Partial) => {
			const outcome = outcomeOf(() => execute(call, partial));
			if (isPoll(call) && !hasMessages(outcome)) return outcome;
			kernel.trace.note(step.name, kernel.now, outcome.error === undefined ? 1 : 0);
			kernel.trace.line(() => `${step.name} ${JSON.stringify(call.input)} → ${textOf(outcome)}`);
			return outcome;
		};
		const settle = ({ output, error }: Outcome) => (error === undefined ? resolve(output) : reject(error));

		switch (fault?.kind) {
			case "request-lost":
				break;
			case "death-before":
				kernel.at(kernel.now, undefined, () => kernel.kill(process));
				break;
			case "late-effect":
				kernel.after(limitMs + between(step.name, "late", lateMs), undefined, () => void effect());
				break;
			case "throttled":
				answer(() => reject(throttled()));
				break;
			case "error":
			case "outage":
				answer(() => reject(failed()));
				break;
			default:
				kernel.after(trip(), undefined, () => {
					if (isPoll(call) && fault === undefined)
						poll(call, step, process, effect, (outcome) => answer(() => settle(outcome)));
					else afterEffect(fault, effect(skipping(fault, step)));
				});
		}

		function afterEffect(fault: PlannedFault | undefined, outcome: Outcome): void {
			switch (fault?.kind) {
				case "answer-lost":
					return;
				case "error-after-effect":
					return answer(() => reject(failed()));
				case "death-after-effect":
					return kernel.kill(process);
				case "freeze-after-effect":
					kernel.freeze(process, fault.ms ?? between(process.name, "freeze", freezeMs));
			}
			answer(() => settle(outcome));
		}

		return promise;
	}

	function skipping(fault: PlannedFault | undefined, { name, parts }: Step): Partial | undefined {
		if (fault?.kind !== "partial") return undefined;
		const skipped = Array.from({ length: parts }, () => draws.chance(name, "skipped", 0.5));
		if (!skipped.includes(true)) skipped[parts - 1] = true;
		return { skip: (index) => skipped[index] === true };
	}

	/** A long poll: answers when there is something, or when its time is over. One whose client has died takes entries with it now and then. */
	function poll(
		{ input, signal }: Call,
		step: Step,
		process: SimulatedProcess,
		receive: () => Outcome,
		answer: (outcome: Outcome) => void,
	): void {
		const url = input.QueueUrl ?? "";
		const end = () => {
			options.waiters.remove(url, check);
			cancel(over);
			process.onDeath.delete(dies);
		};
		const check = () => {
			const outcome = receive();
			if (!hasMessages(outcome)) return;
			end();
			answer(outcome);
		};
		const dies = () => {
			if (draws.chance(step.name, "poll outlives its client", 0.5)) end();
		};
		const over = kernel.after((input.WaitTimeSeconds ?? 0) * 1_000, undefined, () => {
			end();
			answer({ output: { $metadata: {} }, error: undefined });
		});
		signal?.addEventListener("abort", end);
		process.onDeath.add(dies);
		if (signal?.aborted) return end();
		options.waiters.add(url, check);
		check();
	}

	return {
		async call(call) {
			const process = kernel.current;
			if (process === undefined) throw new Error(`${call.operation} outside of a simulated process`);
			const step = stepOf(process.role, call.operation, call.input, prefix);
			for (let tries = 1; ; tries += 1) {
				try {
					if (call.signal?.aborted) throw aborted();
					return await attempt(call, step, process, tries);
				} catch (error) {
					if (tries >= call.terms.attemptsMax || !isRetryable(error)) throw error;
					const firstMs = (error as Error).name === "ThrottlingException" ? backOff.throttledMs : backOff.firstMs;
					const mostMs = Math.min(backOff.maxMs, firstMs * 2 ** (tries - 1));
					await after(mostMs * draws.number(process.name, "SDK back-off"), process);
				}
			}
		},
	};

	function after(ms: number, process: SimulatedProcess): Promise<void> {
		return new Promise((resolve) => void kernel.after(ms, process, resolve));
	}
}

type Outcome =
	| { readonly output: object; readonly error: undefined }
	| { readonly output?: never; readonly error: unknown };

function outcomeOf(run: () => object): Outcome {
	try {
		return { output: run(), error: undefined };
	} catch (error) {
		/* What the engines do not know is a fault of the simulator's, not of the history's. */
		if (error instanceof Error && error.message.startsWith("not simulated")) throw error;
		return { error };
	}
}

function textOf({ output, error }: Outcome): string {
	return error === undefined ? JSON.stringify(output) : String(error);
}

/** Or an error, of which a poll has to tell too. */
const hasMessages = ({ output, error }: Outcome) => error !== undefined || "Messages" in output;

const isPoll = ({ operation, input }: Call) => operation === "ReceiveMessage" && (input.WaitTimeSeconds ?? 0) > 0;
