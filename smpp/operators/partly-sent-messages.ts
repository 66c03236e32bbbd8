import type { LeasedBind, LeasedBinds } from "./leased-binds.ts";
import type { OutboundMessage } from "./outbound-messages.ts";

/** A message, and the bind that its next segment goes by. */
export type BindAssignment = { readonly outbound: OutboundMessage; readonly leasedBind: LeasedBind };

/** Messages of which some segments were taken. What follows goes by the bind that they began on, in order. */
export type PartlySentMessages = {
	add(assignment: BindAssignment): void;
	/** One whose bind has room for its next segment. */
	next(): BindAssignment | undefined;
	/** The binds that their next segments wait for. */
	leasedBinds(): readonly LeasedBind[];
	/** Takes out those whose bind fell, or is this task's no more. */
	orphaned(): readonly OutboundMessage[];
	/** Takes out all. */
	all(): readonly OutboundMessage[];
};

export function partlySentMessages({ isFree, isUsable }: Pick<LeasedBinds, "isFree" | "isUsable">): PartlySentMessages {
	let assignments: BindAssignment[] = [];
	return {
		add: (assignment) => void assignments.push(assignment),
		next() {
			const ready = assignments.findIndex(({ leasedBind }) => isFree(leasedBind));
			return ready < 0 ? undefined : assignments.splice(ready, 1)[0];
		},
		leasedBinds: () => assignments.map(({ leasedBind }) => leasedBind),
		orphaned() {
			if (assignments.every(({ leasedBind }) => isUsable(leasedBind))) return [];
			const orphaned = assignments.filter(({ leasedBind }) => !isUsable(leasedBind));
			assignments = assignments.filter(({ leasedBind }) => isUsable(leasedBind));
			return orphaned.map(({ outbound }) => outbound);
		},
		all: () => assignments.splice(0).map(({ outbound }) => outbound),
	};
}
