import type { Kernel } from "../kernel/kernel.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import { attempts } from "./attempt.ts";
import type { SdkCall, SimulatedService } from "./call.ts";
import type { Partial, SimulatedDynamoEngine } from "./dynamo-engine.ts";
import type { CallFault, FaultPlan, PlannedFault } from "./fault-plan.ts";
import type { QueueWaiters } from "./queue-waiters.ts";
import type { SchedulerEngine } from "./scheduler-engine.ts";
import { isRetryable } from "./service-errors.ts";
import type { SqsEngine } from "./sqs-engine.ts";
import { type Step, stepOf } from "./write-steps.ts";

export type SimulatedAws = {
	/** A client's `send`: retries as the SDK does. */
	call(call: SdkCall): Promise<object>;
	/** The calls that are under way have no effect any more. */
	lose(): void;
};

export type SimulatedAwsOptions = {
	readonly kernel: Kernel;
	/** The prefix of every table's and queue's name. */
	readonly prefix: string;
	readonly dynamo: SimulatedDynamoEngine;
	readonly sqs: SqsEngine;
	readonly scheduler: SchedulerEngine;
	readonly waiters: QueueWaiters;
	readonly faults: FaultPlan;
	/** A schedule was made. */
	readonly onSchedule: () => void;
};

/**
 * The SDK's standard retry mode: the delay before the second attempt. It doubles, and part of it is random. The retry
 * quota is not simulated.
 */
const backOff = { firstMs: 100, throttledMs: 500, maxMs: 20_000 } as const;
/** The results of calls while their service is out. */
const outageKinds = ["request-lost", "error", "unreached"] as const;
const outageMs = { least: 2_000, most: 40_000 } as const;

/** AWS between SDK clients and the engines: latencies, time limits, retries and faults. */
export function simulatedAws(options: SimulatedAwsOptions): SimulatedAws {
	const { kernel, prefix, faults } = options;
	const { draws } = kernel;
	const outages = new Map<SimulatedService, { readonly until: number; readonly kind: CallFault }>();
	let era = 0;
	const attempt = attempts({ kernel, waiters: options.waiters, execute, era: () => era });

	function execute({ service, operation, input }: SdkCall, partial?: Partial): object {
		if (service === "dynamodb") return options.dynamo.execute(operation, input, partial);
		if (service === "sqs") {
			const output = options.sqs.execute(operation, input, Math.floor(kernel.now), partial);
			const { QueueUrl = "" } = input;
			if (operation === "ReceiveMessage") options.waiters.received(QueueUrl);
			else options.waiters.changed(QueueUrl);
			return output;
		}
		const output = options.scheduler.execute(operation, input, Math.floor(kernel.now));
		options.onSchedule();
		return output;
	}

	/** The result of a call while its service is out. */
	function outageOf({ service }: SdkCall): PlannedFault | undefined {
		const outage = outages.get(service);
		if (outage === undefined || outage.until <= kernel.now) return undefined;
		return { kind: outage.kind, times: 1 };
	}

	function faultOf(call: SdkCall, step: Step, process: SimulatedProcess, tries: number): PlannedFault | undefined {
		const fault = outageOf(call) ?? faults.next(step, process.name, tries);
		if (fault?.kind !== "outage") return fault;
		const { service } = call;
		const drawnMs = outageMs.least + draws.number(service, "outage") * (outageMs.most - outageMs.least);
		const until = kernel.now + (fault.ms ?? drawnMs);
		outages.set(service, { until, kind: draws.pick(service, "outage kind", outageKinds) });
		kernel.trace.line(() => `${service} is out until ${new Date(until).toISOString()}`);
		return outageOf(call);
	}

	async function tryAgain(tries: number, error: unknown, process: SimulatedProcess): Promise<void> {
		const isThrottled = error instanceof Error && error.name === "ThrottlingException";
		const firstMs = isThrottled ? backOff.throttledMs : backOff.firstMs;
		const mostMs = Math.min(backOff.maxMs, firstMs * 2 ** (tries - 1));
		const { promise, resolve } = Promise.withResolvers<void>();
		kernel.after(mostMs * draws.number(process.name, "SDK back-off"), process, resolve);
		await promise;
	}

	return {
		lose() {
			era += 1;
		},
		async call(call) {
			const process = kernel.current;
			if (process === undefined) throw new Error(`${call.operation} outside of a simulated process`);
			const step = stepOf(process.role, call.operation, call.input, prefix);
			for (let tries = 1; ; tries += 1) {
				try {
					return await attempt({ call, step, process, tries, fault: faultOf(call, step, process, tries) });
				} catch (error) {
					if (tries >= call.terms.attemptsMax || !isRetryable(error)) throw error;
					await tryAgain(tries, error, process);
				}
			}
		},
	};
}
