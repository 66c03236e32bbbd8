import type { Kernel } from "../kernel/kernel.ts";
import type { Code } from "./load-code.ts";

export type BatchAction = "pause" | "resume";

/** Someone who operates the gateway with `smsgw batches`, and repeats a command that died or failed. */
export type BatchOperator = {
	run(action: BatchAction, batchId: number): void;
	/** Whether a command is under way or is to be repeated. */
	readonly isBusy: boolean;
	wasPaused(batchId: number): boolean;
};

const startsAgainMs = 5_000;

export function batchOperator(kernel: Kernel, code: Pick<Code, "operateBatch">): BatchOperator {
	const paused = new Set<number>();
	let commands = 0;
	let underWay = 0;

	function start(action: BatchAction, batchId: number): void {
		commands += 1;
		const process = kernel.start({ name: `operator/${commands}`, role: "operator" });
		const again = () => void kernel.after(startsAgainMs, undefined, () => start(action, batchId));
		process.onDeath.add(again);
		kernel.at(kernel.now, process, () => {
			code.operateBatch(action, batchId).then(
				() => {
					process.onDeath.delete(again);
					kernel.at(kernel.now, undefined, () => {
						kernel.exit(process);
						underWay -= 1;
					});
				},
				() => kernel.at(kernel.now, undefined, () => kernel.kill(process)),
			);
		});
	}

	return {
		run(action, batchId) {
			underWay += 1;
			paused.add(batchId);
			start(action, batchId);
		},
		get isBusy() {
			return underWay > 0;
		},
		wasPaused: (batchId) => paused.has(batchId),
	};
}
