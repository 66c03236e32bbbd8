import type { SmppService } from "#smpp/smpp-service.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import type { Code } from "./load-code.ts";

export type SmppTasks = {
	/** The live tasks that are not stopping. */
	readonly running: readonly SimulatedProcess[];
	/** Whether no task is alive. */
	readonly isAsleep: boolean;
	/** Starts or stops one task, as a deployment does, and keeps the new number of tasks from then on. */
	keep(count: number): void;
	/** Replaces one task, as a rolling deployment does. */
	replaceOne(): void;
	/** SIGTERM, then SIGKILL if the task has not exited in time. */
	stop(process: SimulatedProcess): void;
	/** All tasks die. None starts until the service is deployed again. */
	lose(): void;
	deploy(): void;
};

export type SmppTasksOptions = {
	readonly kernel: Kernel;
	readonly code: Code;
	/** Variables that differ from the common environment. */
	readonly env: Readonly<Record<string, string>>;
	readonly skewMs: (name: string) => number;
	/** A task listens for clients. */
	readonly onUp: () => void;
};

/** ECS starts another task some seconds after one died. */
const restartMs = { least: 3_000, most: 20_000 } as const;
/** A task ends itself after this (smpp/main.ts). */
const stopMaxMs = 27_000;

/** The SMPP service: ECS keeps the desired number of tasks. */
export function smppTasks({ kernel, code, env, skewMs, onUp }: SmppTasksOptions): SmppTasks {
	const alive = new Map<SimulatedProcess, SmppService | undefined>();
	const stopping = new Set<SimulatedProcess>();
	let wanted = 0;
	let started = 0;
	let isLost = false;

	function start(): void {
		if (isLost) return;
		started += 1;
		const name = `smpp/${started}`;
		const process = kernel.start({ name, role: "smpp", address: `10.0.0.${started}`, skewMs: skewMs(name) });
		alive.set(process, undefined);
		process.onDeath.add(() => died(process));
		kernel.trace.line(() => `${name} starts`);
		kernel.at(kernel.now, process, () => void open(process));
	}

	async function open(process: SimulatedProcess): Promise<void> {
		const own = code.smppEnv({ ...env, SMPP_HOST: process.address });
		const service = await code.openSmppService(own, code.telemetryOnAws(own, "smpp"));
		alive.set(process, service);
		if (stopping.has(process)) await exit(process, service);
		else onUp();
	}

	function died(process: SimulatedProcess): void {
		alive.delete(process);
		if (stopping.delete(process)) return;
		const ms = restartMs.least + kernel.draws.number(process.name, "restart") * (restartMs.most - restartMs.least);
		kernel.after(ms, undefined, fill);
	}

	const running = () => [...alive.keys()].filter((process) => !stopping.has(process));

	function fill(): void {
		while (!isLost && running().length < wanted) start();
	}

	async function exit(process: SimulatedProcess, service: SmppService): Promise<void> {
		await service.stop();
		kernel.at(kernel.now, undefined, () => kernel.exit(process));
	}

	function stop(process: SimulatedProcess): void {
		if (stopping.has(process) || !alive.has(process)) return;
		stopping.add(process);
		kernel.trace.line(() => `${process.name} gets SIGTERM`);
		const service = alive.get(process);
		if (service !== undefined) kernel.at(kernel.now, process, () => void exit(process, service));
		kernel.after(stopMaxMs, undefined, () => kernel.kill(process));
	}

	return {
		get running() {
			return running();
		},
		get isAsleep() {
			return alive.size === 0;
		},
		keep(count) {
			wanted = count;
			for (const process of running().slice(count)) stop(process);
			fill();
		},
		replaceOne() {
			const [oldest] = running();
			start();
			if (oldest !== undefined) kernel.after(5_000, undefined, () => stop(oldest));
		},
		stop,
		lose() {
			isLost = true;
			for (const process of [...alive.keys()]) kernel.kill(process);
		},
		deploy() {
			isLost = false;
			fill();
		},
	};
}
