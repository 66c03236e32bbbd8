import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { root } from "#infra/entries.ts";
import { doublingMs } from "#shared/domain/time/back-off.ts";
import { compileCacheEnv } from "../processes/compile-cache.ts";
import type { LambdaFunction } from "../template/plan-compute.ts";
import { batchedPerTurn, type Call, type CallAnswer, callAnswers, loaded, type ThreadData } from "./calls.ts";
import { deadlines } from "./deadlines.ts";

/** The outcome of an invocation. A function that times out, throws or dies has failed. */
export type InvocationOutcome =
	| { readonly kind: "returned"; readonly payload: string }
	| { readonly kind: "failed"; readonly errorType: string; readonly errorMessage: string };

export type OpenFunction = {
	/** `payload` and the returned payload are JSON text. If the thread is starting, the call waits for it. */
	invoke(payload: string): Promise<InvocationOutcome>;
	close(): Promise<void>;
};

type SettleInvocation = (outcome: InvocationOutcome) => void;

const threadFile = join(import.meta.dirname, "function-thread.ts");
const backOff = { firstMs: 100, maxMs: 5_000 };

/**
 * Runs a function in a thread, with its own environment and memory. When the thread dies, its invocations fail and it is restarted.
 * @throws Error when the handler cannot be loaded.
 */
export async function openFunction(plan: LambdaFunction, env: Readonly<Record<string, string>>): Promise<OpenFunction> {
	const host = new FunctionHost(plan, env);
	await host.start();
	return host;
}

class FunctionHost implements OpenFunction {
	readonly #plan: LambdaFunction;
	readonly #env: Readonly<Record<string, string>>;
	readonly #waiting = new Map<number, SettleInvocation>();
	readonly #limit;
	#thread: Worker | undefined;
	#early: Call[] = [];
	#lastId = 0;
	#closed = false;
	readonly #sendMessage = batchedPerTurn<Call>((calls) => {
		if (this.#thread) this.#thread.postMessage(calls);
		else this.#early.push(...calls);
	});

	constructor(plan: LambdaFunction, env: Readonly<Record<string, string>>) {
		this.#plan = plan;
		this.#env = {
			...compileCacheEnv,
			...env,
			...plan.env,
			AWS_LAMBDA_FUNCTION_NAME: plan.name,
			AWS_ACCESS_KEY_ID: plan.role,
		};
		this.#limit = deadlines(plan.timeoutSeconds * 1_000);
	}

	invoke(payload: string): Promise<InvocationOutcome> {
		return new Promise((resolve) => {
			const id = ++this.#lastId;
			const seconds = this.#plan.timeoutSeconds;
			const clearDeadline = this.#limit.start(() => this.#fail(id, "Timeout", `Task timed out after ${seconds} s`));
			this.#waiting.set(id, (outcome) => {
				clearDeadline();
				resolve(outcome);
			});
			this.#sendMessage({ id, requestId: randomUUID(), payload });
		});
	}

	async start(): Promise<void> {
		const { name, entry, timeoutSeconds } = this.#plan;
		const data: ThreadData = { file: join(root, entry), functionName: name, timeoutMs: timeoutSeconds * 1_000 };
		const thread = new Worker(threadFile, { env: { ...this.#env }, workerData: data, name });
		await new Promise<void>((resolve, reject) => {
			thread.once("message", (message) =>
				loaded.safeParse(message).success ? resolve() : reject(new Error(`${entry} did not report that it is loaded`)),
			);
			thread.once("error", (error) => reject(new Error(`${entry} could not be loaded: ${String(error)}`)));
			thread.once("exit", (code) => reject(new Error(`${entry} ended while it loaded: exit code ${code}`)));
		});
		thread.on("message", (message) => this.#settleAll(callAnswers.parse(message)));
		thread.once("error", (error) =>
			console.error(JSON.stringify({ event: "function.crashed", name, error: String(error) })),
		);
		thread.once("exit", () => void this.#replace());
		this.#thread = thread;
		if (this.#early.length > 0) thread.postMessage(this.#early);
		this.#early = [];
	}

	async close(): Promise<void> {
		this.#closed = true;
		this.#limit.close();
		await this.#thread?.terminate();
	}

	async #replace(): Promise<void> {
		this.#thread = undefined;
		for (const id of [...this.#waiting.keys()]) this.#fail(id, "Runtime.ExitError", "the function's thread died");
		for (let attempt = 0; !this.#closed; attempt++) {
			try {
				return await this.start();
			} catch (error) {
				console.error(JSON.stringify({ event: "function.load_failed", error: String(error) }));
				await wait(doublingMs(backOff, attempt + 1), undefined, { ref: false });
			}
		}
	}

	#settleAll(answers: readonly CallAnswer[]): void {
		for (const answer of answers) {
			if ("payload" in answer) this.#settle(answer.id, { kind: "returned", payload: answer.payload });
			else this.#fail(answer.id, answer.errorType, answer.errorMessage);
		}
	}

	/** Logs each failed invocation, which AWS would count among the function's errors. */
	#fail(id: number, errorType: string, errorMessage: string): void {
		if (!this.#waiting.has(id)) return;
		console.error(
			JSON.stringify({ event: "function.failed", functionName: this.#plan.name, errorType, at: Date.now() }),
		);
		this.#settle(id, { kind: "failed", errorType, errorMessage });
	}

	#settle(id: number, outcome: InvocationOutcome): void {
		const waiting = this.#waiting.get(id);
		this.#waiting.delete(id);
		waiting?.(outcome);
	}
}
