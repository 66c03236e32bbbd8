import type { Message } from "./message.ts";
import type { Operator } from "./operators.ts";
import type { Priority } from "./priorities.ts";

/**
 * Messages of one account for one operator at one priority, on their way together. A parcel carries ids, not copies: what is
 * sent is what the table says at that moment.
 */
export type Parcel = {
	readonly userName: string;
	readonly operator: Operator;
	readonly priority: Priority;
	readonly messageIds: readonly number[];
};

/** The most messages in a parcel: as many as one call writes. */
export const parcelSize = 25;

/** Sorts routed messages into parcels, in their order. Messages without an operator go nowhere, and are left out. */
export function intoParcels(messages: readonly Message[]): readonly Parcel[] {
	const routes = Map.groupBy(messages, ({ userName, operator, priority }) =>
		JSON.stringify([userName, operator, priority]),
	);
	return [...routes.values()].flatMap((own) => {
		const [first] = own;
		if (first === undefined || first.operator === null) return [];
		const { userName, operator, priority } = first;
		const ids = own.map((message) => message.messageId);
		return Array.from({ length: Math.ceil(ids.length / parcelSize) }, (_, index) => ({
			userName,
			operator,
			priority,
			messageIds: ids.slice(index * parcelSize, (index + 1) * parcelSize),
		}));
	});
}
