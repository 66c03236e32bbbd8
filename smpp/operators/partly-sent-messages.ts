import type { LeasedBind, LeasedBinds } from "./leased-binds.ts";
import type { OutboundMessage } from "./outbound-messages.ts";

export type BindAssignment = { readonly outbound: OutboundMessage; readonly leasedBind: LeasedBind };

/** Partly sent messages. Their next segments go by the same bind, in order. */
export type PartlySentMessages = {
	add(assignment: BindAssignment): void;
	next(): BindAssignment | undefined;
	/** The binds that next segments wait for. */
	leasedBinds(): readonly LeasedBind[];
	orphaned(): readonly OutboundMessage[];
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
