import {
	ConditionalCheckFailedException,
	DynamoDBServiceException,
	ResourceNotFoundException,
} from "@aws-sdk/client-dynamodb";
import type { Item } from "#local/engines/dynamodb/attribute-values.ts";
import { dataOperations } from "#local/engines/dynamodb/data-operations.ts";
import { noTable } from "#local/engines/dynamodb/errors.ts";
import { exactSortKey, type KeySchema } from "#local/engines/dynamodb/keys.ts";
import type { Table, TableByName } from "#local/engines/dynamodb/tables.ts";
import { type Partial, whole } from "#local/engines/partial.ts";
import { ServiceError } from "#local/wire/service-error.ts";
import { unsupported } from "#local/wire/unsupported.ts";
import { type ItemChange, type MemoryItems, memoryItems } from "./memory-items.ts";

export type { Item } from "#local/engines/dynamodb/attribute-values.ts";
export type { Partial } from "#local/engines/partial.ts";
export type { ItemChange } from "./memory-items.ts";

export type TableSchema = KeySchema & { readonly name: string };

/**
 * The local stack's DynamoDB on items in memory, at the level of the SDK's commands. A state machine without time or
 * randomness.
 */
export type SimulatedDynamoEngine = {
	/**
	 * @param operation the command's name without `Command`.
	 * @throws the SDK's error where the service refuses the call; Unsupported where the engine does not know what is asked.
	 */
	execute(operation: string, input: object, partial?: Partial): object;
	/** For checks: the item at a key. */
	item(table: string, key: Item): Item | undefined;
	/** For checks: all items of a table. */
	items(table: string): Iterable<Item>;
	/** The table is lost, and an empty one created. Nothing is reported. */
	lose(table: string): void;
};

export function dynamoEngine(
	schemas: readonly TableSchema[],
	onChange: (change: ItemChange) => void = () => undefined,
): SimulatedDynamoEngine {
	const tables = new Map(schemas.map(({ name, ...schema }) => [name, tableOf(name, schema, onChange)]));
	const table = (name: string | undefined) => tables.get(name ?? "") ?? noTable();
	return {
		execute(operation, input, partial = whole) {
			try {
				mustBeConsistent(operation, input);
				const run = dataOperations[operation] ?? unsupported(`DynamoDB's ${operation}`);
				return { $metadata: {}, ...run(table as TableByName, input, partial) };
			} catch (error) {
				throw error instanceof ServiceError ? sdkErrorOf(error) : error;
			}
		},
		item: (name, key) => table(name).items.get(exactSortKey(table(name).schema, key)),
		items: (name) => table(name).items.all(),
		lose: (name) => table(name).items.clear(),
	};
}

type MemoryTable = Table & { readonly items: MemoryItems };

function tableOf(name: string, schema: KeySchema, onChange: (change: ItemChange) => void): MemoryTable {
	return { name, schema, items: memoryItems(name, schema, onChange), indexes: new Map() };
}

const reads = new Set(["GetItem", "Query", "Scan"]);

/** The simulator has no replica that lags behind, so it would hide the fault of an eventually consistent read. */
function mustBeConsistent(operation: string, input: object): void {
	const { RequestItems, ConsistentRead } = input as { readonly RequestItems?: object; readonly ConsistentRead?: true };
	const all = operation === "BatchGetItem" ? Object.values(RequestItems ?? {}) : [{ ConsistentRead }];
	if (operation !== "BatchGetItem" && !reads.has(operation)) return;
	if (all.some((one) => one.ConsistentRead !== true)) unsupported("an eventually consistent read");
}

/** The error as the SDK throws it. */
function sdkErrorOf({ name, message }: ServiceError): DynamoDBServiceException {
	const fields = { message, $metadata: { httpStatusCode: 400 } };
	if (name === "ConditionalCheckFailedException") return new ConditionalCheckFailedException(fields);
	if (name === "ResourceNotFoundException") return new ResourceNotFoundException(fields);
	return new DynamoDBServiceException({ name, $fault: "client", ...fields });
}
