import type { World } from "./world.ts";

const everyMs = { least: 8_000, most: 45_000 } as const;
const freezeMs = { least: 4_000, most: 50_000 } as const;
const awayMs = { least: 3_000, most: 60_000 } as const;

/** Faults of processes, networks and SMSCs at random instants, until faults end. */
export function startFaults(world: World): void {
	const { kernel, faultsUntil, settings, hasFault } = world;
	const { draws } = kernel;
	const between = (step: string, { least, most }: { readonly least: number; readonly most: number }) =>
		least + draws.number("trouble", step) * (most - least);
	const troubles = faultActions(world, (step) => between(step, step === "freeze" ? freezeMs : awayMs));

	for (const [kind, happen] of Object.entries(troubles)) {
		const next = () => {
			const ms = between(kind, everyMs);
			if (kernel.now + ms > faultsUntil || !hasFault(kind)) return;
			kernel.after(ms, undefined, () => {
				happen();
				next();
			});
		};
		kernel.after(draws.number("trouble", kind) * settings.trafficMs * 0.5, undefined, next);
	}
}

function faultActions(
	world: World,
	lasting: (step: "freeze" | "away") => number,
): Readonly<Record<string, () => void>> {
	const { kernel, tasks, functions, smscs, settings } = world;
	const { draws } = kernel;
	const some = <Value>(step: string, values: readonly Value[]) =>
		values.length === 0 ? undefined : draws.pick("trouble", step, values);
	return {
		"task-kill"() {
			const task = some("killed task", tasks.running);
			if (task !== undefined) kernel.kill(task);
		},
		"task-freeze"() {
			const task = some("frozen task", tasks.running);
			if (task !== undefined) kernel.freeze(task, lasting("freeze"));
		},
		"task-replacement": () => tasks.replaceOne(),
		rebalancing() {
			tasks.keep(settings.tasks + 1);
			kernel.after(20_000, undefined, () => tasks.keep(settings.tasks));
		},
		"function-death"() {
			const container = some("container", functions.containers());
			if (container !== undefined) kernel.kill(container);
		},
		"smsc-outage": () => some("SMSC", smscs)?.goAway(lasting("away")),
		"line-drop": () => some("SMSC", smscs)?.dropLine(),
	};
}
