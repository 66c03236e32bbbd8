import type { LeasedBindsOptions } from "#smpp/operators/leased-binds.ts";

/** Holds all bind leases of an operator from the first moment until the stop, as a task that is alone does. */
export function allBindLeases(binds: number): LeasedBindsOptions["keepBindLeases"] {
	return ({ taken, leaveBind }) => {
		const bindLeases = Array.from({ length: binds }, (_, bindIndex) => bindIndex);
		for (const bindIndex of bindLeases) taken(bindIndex);
		return {
			holds: () => true,
			async stop() {
				await Promise.all(bindLeases.map((bindIndex) => leaveBind(bindIndex, 1_000)));
			},
		};
	};
}
