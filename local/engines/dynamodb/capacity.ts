import type { ReturnConsumedCapacity } from "@aws-sdk/client-dynamodb";
import { unsupported } from "#local/wire/unsupported.ts";

/** The units that a call consumes, counted only if it asks for them. */
export type Capacity = {
	readonly isCounted: boolean;
	add(table: string, units: number): void;
	/** The field of the answer. */
	ofTable(): object;
	ofTables(): object;
};

const free: Capacity = { isCounted: false, add: () => undefined, ofTable: () => ({}), ofTables: () => ({}) };

export function capacityOf(asked: ReturnConsumedCapacity | undefined): Capacity {
	if (asked === undefined || asked === "NONE") return free;
	if (asked !== "TOTAL") unsupported(`ReturnConsumedCapacity ${asked}`);
	const units = new Map<string, number>();
	const all = () => [...units].map(([TableName, CapacityUnits]) => ({ TableName, CapacityUnits }));
	return {
		isCounted: true,
		add: (table, more) => void units.set(table, (units.get(table) ?? 0) + more),
		ofTable: () => ({ ConsumedCapacity: all()[0] }),
		ofTables: () => ({ ConsumedCapacity: all() }),
	};
}
