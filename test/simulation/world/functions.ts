import { cancel, type Kernel } from "../kernel/kernel.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import { type FunctionRole, timeoutSeconds } from "./deployment.ts";

export type AnyHandler = (event: never, context: never) => Promise<unknown>;

/**
 * The result of one invocation: its response, or its failure by an exception, its time limit or the death of its
 * container.
 */
export type Invocation =
	| { readonly kind: "answered"; readonly value: unknown }
	| { readonly kind: "failed"; readonly why: string };

export type SimulatedFunctions = {
	/** Runs a function in an idle container or in a new one. `done` runs in the environment, not in a process. */
	invoke(role: FunctionRole, event: object, done: (invocation: Invocation) => void): void;
	/** The live containers. */
	containers(): readonly SimulatedProcess[];
	/** All containers die. No function runs until it is deployed again. */
	lose(): void;
	deploy(): void;
};

export type FunctionsOptions = {
	readonly kernel: Kernel;
	/** Creates the handler of a new container, in its process. */
	readonly handlerOf: (role: FunctionRole) => AnyHandler;
	/** Milliseconds that the clock of a new container is ahead. */
	readonly skewMs: (name: string) => number;
};

type Container = { readonly process: SimulatedProcess; handler: AnyHandler | undefined; isBusy: boolean };

const startMs = { least: 150, most: 900 } as const;

/** Lambda: containers on demand, each with one event at a time. */
export function simulatedFunctions({ kernel, handlerOf, skewMs }: FunctionsOptions): SimulatedFunctions {
	const containers = new Map<FunctionRole, Container[]>();
	let started = 0;
	let isLost = false;

	function start(role: FunctionRole): Container {
		started += 1;
		const name = `${role}/${started}`;
		const process = kernel.start({ name, role, skewMs: skewMs(name) });
		const container: Container = { process, handler: undefined, isBusy: false };
		const own = containers.get(role) ?? [];
		own.push(container);
		containers.set(role, own);
		process.onDeath.add(() => void own.splice(own.indexOf(container), 1));
		return container;
	}

	/** Ends an invocation once, in whichever way comes first. */
	function ending(container: Container, role: FunctionRole, done: (invocation: Invocation) => void) {
		const { process } = container;
		const finish = (invocation: Invocation) => {
			if (isOver) return;
			isOver = true;
			cancel(limit);
			container.isBusy = false;
			process.onDeath.delete(died);
			kernel.at(kernel.now, undefined, () => done(invocation));
		};
		const died = () => finish({ kind: "failed", why: "its container died" });
		let isOver = false;
		const limit = kernel.after(timeoutSeconds[role] * 1_000, undefined, () => kernel.kill(process));
		process.onDeath.add(died);
		return finish;
	}

	function run(
		container: Container,
		role: FunctionRole,
		event: object,
		finish: (invocation: Invocation) => void,
	): void {
		container.handler ??= handlerOf(role);
		const endsAt = kernel.now + timeoutSeconds[role] * 1_000;
		const context = { getRemainingTimeInMillis: () => Math.max(0, endsAt - kernel.now) };
		container.handler(event as never, context as never).then(
			(value) => finish({ kind: "answered", value }),
			(error) => finish({ kind: "failed", why: String(error) }),
		);
	}

	return {
		invoke(role, event, done) {
			if (isLost) {
				kernel.after(1, undefined, () => done({ kind: "failed", why: "it is not deployed" }));
				return;
			}
			const idle = containers.get(role)?.find(({ isBusy, process }) => !isBusy && process.frozenUntil <= kernel.now);
			const container = idle ?? start(role);
			container.isBusy = true;
			const { process } = container;
			const finish = ending(container, role, done);
			const coldMs = startMs.least + kernel.draws.number(process.name, "start") * (startMs.most - startMs.least);
			kernel.after(idle === undefined ? coldMs : 1, process, () => run(container, role, event, finish));
		},
		containers: () => [...containers.values()].flatMap((own) => own.map(({ process }) => process)),
		lose() {
			isLost = true;
			for (const { process } of [...containers.values()].flat()) kernel.kill(process);
		},
		deploy() {
			isLost = false;
		},
	};
}
