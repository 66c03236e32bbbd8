import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { root } from "#infra/entries.ts";
import { compileCacheEnv } from "../processes/compile-cache.ts";
import type { LambdaFunction } from "../template/plan-compute.ts";
import { batchedPerTurn, type Call, type CallAnswer, callAnswers, loaded, type ThreadData } from "./calls.ts";
import { deadlines } from "./deadlines.ts";

/** The outcome of an invocation. A function that times out, throws or dies has failed. */
export type InvocationOutcome =
	| { readonly kind: "returned"; readonly payload: string }
	| { readonly kind: "failed"; readonly errorType: string; readonly errorMessage: string };

export type OpenFunction = {
	/** `payload` and the returned payload are JSON text. If no thread runs, the call waits for one: a cold start. */
	invoke(payload: string): Promise<InvocationOutcome>;
	close(): Promise<void>;
};

type SettleInvocation = (outcome: InvocationOutcome) => void;

const threadFile = join(import.meta.dirname, "function-thread.ts");

/** An idle thread costs 20 to 40 MB. Lambda, too, ends idle sandboxes after some minutes. */
const usualIdleMs = 4 * 60_000;

/**
 * A function that runs in a thread, with its own environment and memory. The thread starts with a call, and ends after a time without
 * calls. When it dies, its invocations fail, and the next call starts another.
 */
export function openFunction(
	plan: LambdaFunction,
	env: Readonly<Record<string, string>>,
	idleMs = usualIdleMs,
): OpenFunction {
	return new FunctionHost(plan, env, idleMs);
}

class FunctionHost implements OpenFunction {
	readonly #plan: LambdaFunction;
	readonly #env: Readonly<Record<string, string>>;
	readonly #waiting = new Map<number, SettleInvocation>();
	readonly #limit;
	readonly #idleTimer: NodeJS.Timeout;
	#thread: Worker | undefined;
	#starting: Promise<void> | undefined;
	#early: Call[] = [];
	#lastId = 0;
	#usedAt = 0;
	#closed = false;
	readonly #sendMessage = batchedPerTurn<Call>((calls) => {
		if (this.#thread) this.#thread.postMessage(calls);
		else {
			this.#early.push(...calls);
			this.#starting ??= this.#startThread();
		}
	});

	constructor(plan: LambdaFunction, env: Readonly<Record<string, string>>, idleMs: number) {
		this.#plan = plan;
		this.#env = {
			...compileCacheEnv,
			...env,
			...plan.env,
			AWS_LAMBDA_FUNCTION_NAME: plan.name,
			AWS_ACCESS_KEY_ID: plan.role,
		};
		this.#limit = deadlines(plan.timeoutSeconds * 1_000);
		this.#idleTimer = setInterval(() => this.#endIfIdle(idleMs), idleMs / 4);
		this.#idleTimer.unref();
	}

	invoke(payload: string): Promise<InvocationOutcome> {
		return new Promise((resolve) => {
			const id = ++this.#lastId;
			this.#usedAt = performance.now();
			const seconds = this.#plan.timeoutSeconds;
			const clearDeadline = this.#limit.start(() => this.#fail(id, "Timeout", `Task timed out after ${seconds} s`));
			this.#waiting.set(id, (outcome) => {
				clearDeadline();
				resolve(outcome);
			});
			this.#sendMessage({ id, requestId: randomUUID(), payload });
		});
	}

	async close(): Promise<void> {
		this.#closed = true;
		clearInterval(this.#idleTimer);
		this.#limit.close();
		await this.#starting;
		await this.#thread?.terminate();
	}

	/** If the handler cannot be loaded, the calls that wait for it fail; the next call tries again. */
	async #startThread(): Promise<void> {
		try {
			const thread = await loadedThread(this.#plan, this.#env);
			thread.on("message", (message) => this.#settleAll(callAnswers.parse(message)));
			thread.once("exit", () => this.#end(thread));
			this.#thread = thread;
			thread.postMessage(this.#early);
		} catch (error) {
			console.error(JSON.stringify({ event: "function.load_failed", error: String(error) }));
			for (const { id } of this.#early) this.#fail(id, "Runtime.ImportModuleError", String(error));
		}
		this.#early = [];
		this.#starting = undefined;
	}

	#end(thread: Worker): void {
		if (this.#thread !== thread) return;
		this.#thread = undefined;
		if (this.#closed) return;
		for (const id of [...this.#waiting.keys()]) this.#fail(id, "Runtime.ExitError", "the function's thread died");
	}

	#endIfIdle(idleMs: number): void {
		const thread = this.#thread;
		if (thread === undefined || this.#waiting.size > 0 || performance.now() - this.#usedAt < idleMs) return;
		this.#thread = undefined;
		void thread.terminate();
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

/** @throws Error naming the handler that cannot be loaded. */
async function loadedThread(
	{ name, entry, timeoutSeconds }: LambdaFunction,
	env: Readonly<Record<string, string>>,
): Promise<Worker> {
	const data: ThreadData = { file: join(root, entry), functionName: name, timeoutMs: timeoutSeconds * 1_000 };
	const thread = new Worker(threadFile, { env: { ...env }, workerData: data, name });
	await new Promise<void>((resolve, reject) => {
		thread.once("message", (message) =>
			loaded.safeParse(message).success ? resolve() : reject(new Error(`${entry} did not report that it is loaded`)),
		);
		thread.once("error", (error) => reject(new Error(`${entry} could not be loaded: ${String(error)}`)));
		thread.once("exit", (code) => reject(new Error(`${entry} ended while it loaded: exit code ${code}`)));
	});
	thread.on("error", (error) =>
		console.error(JSON.stringify({ event: "function.crashed", name, error: String(error) })),
	);
	return thread;
}
