import type { SeatsOptions } from "#smpp/operators/seats.ts";

/** All of an operator's slots, held from the first moment until the stop, as by a task that is alone. */
export function allSlots(binds: number): SeatsOptions["keepSlots"] {
	return ({ taken, leave }) => {
		const slots = Array.from({ length: binds }, (_, slot) => slot);
		for (const slot of slots) taken(slot);
		return {
			holds: () => true,
			async stop() {
				await Promise.all(slots.map((slot) => leave(slot, 1_000)));
			},
		};
	};
}
