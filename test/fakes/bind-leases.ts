import type { LeasedBindsOptions } from "#smpp/operators/leased-binds.ts";

/** All of an operator's slots, held from the first moment until the stop, as by a task that is alone. */
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
