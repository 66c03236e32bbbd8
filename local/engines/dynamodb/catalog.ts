import type {
	CreateTableCommandInput,
	DescribeTableCommandInput,
	UpdateTableCommandInput,
	UpdateTimeToLiveCommandInput,
} from "@aws-sdk/client-dynamodb";
import { ServiceError } from "#local/wire/service-error.ts";
import { onlyKnown, unsupported } from "#local/wire/unsupported.ts";
import type { KeyedValues, LmdbStore } from "../lmdb-store.ts";
import type { Item } from "./attribute-values.ts";
import { badParameter, noTable } from "./errors.ts";
import { addedIndex, type TableDefinition, tableDefinition, tableDescription } from "./table-definition.ts";
import { fillIndex, type Table, tableNameIn } from "./tables.ts";

export type StoredTable = Table & { readonly ttlAttribute: string | undefined };

/** The tables of a store, and the operations on tables. */
export type Catalog = {
	table(name: string | undefined): StoredTable;
	all(): Iterable<StoredTable>;
	readonly operations: Readonly<Record<string, (input: object) => object>>;
};

export function openCatalog(store: LmdbStore): Catalog {
	const definitions: KeyedValues<TableDefinition> = store.collection("tables");
	const tables = new Map<string, StoredTable>();
	for (const [, definition] of definitions.entries()) tables.set(definition.name, tableIn(store, definition));

	const table = (name: string | undefined) => tables.get(name ?? "") ?? noTable();
	const definitionOf = (name: string | undefined) => definitions.get(table(tableNameIn(name)).name) ?? noTable();

	function define(definition: TableDefinition): void {
		definitions.put(definition.name, definition);
		tables.set(definition.name, tableIn(store, definition));
	}

	return {
		table,
		all: () => tables.values(),
		operations: {
			CreateTable(input) {
				const definition = tableDefinition(input as CreateTableCommandInput);
				if (tables.has(definition.name)) {
					throw new ServiceError("ResourceInUseException", `Table already exists: ${definition.name}`);
				}
				define(definition);
				return { TableDescription: tableDescription(definition) };
			},
			UpdateTable(input) {
				const index = addedIndex(input as UpdateTableCommandInput);
				const definition = definitionOf((input as UpdateTableCommandInput).TableName);
				if (definition.indexes.some(({ name }) => name === index.name)) {
					badParameter(`Attempting to create an index which already exists: ${index.name}`);
				}
				const grown = { ...definition, indexes: [...definition.indexes, index] };
				define(grown);
				fillIndex(table(grown.name), index.name);
				return { TableDescription: tableDescription(grown) };
			},
			DescribeTable: (input) => ({
				Table: tableDescription(definitionOf((input as DescribeTableCommandInput).TableName)),
			}),
			ListTables(input) {
				onlyKnown("ListTables", input, new Set());
				return { TableNames: [...tables.keys()].sort() };
			},
			UpdateTimeToLive(input) {
				const { TableName, TimeToLiveSpecification: given } = input as UpdateTimeToLiveCommandInput;
				const definition = definitionOf(TableName);
				if (given?.Enabled !== true || given.AttributeName === undefined)
					return unsupported("the end of a time to live");
				define({ ...definition, ttlAttribute: given.AttributeName });
				return { TimeToLiveSpecification: given };
			},
			DescribeTimeToLive(input) {
				const { ttlAttribute: AttributeName } = definitionOf((input as DescribeTableCommandInput).TableName);
				const TimeToLiveStatus = AttributeName === undefined ? "DISABLED" : "ENABLED";
				return { TimeToLiveDescription: { TimeToLiveStatus, ...(AttributeName !== undefined && { AttributeName }) } };
			},
		},
	};
}

function tableIn(store: LmdbStore, { name, indexes, ttlAttribute, ...schema }: TableDefinition): StoredTable {
	const items = (suffix: string) => store.collection<Item>(`table ${name}${suffix}`);
	return {
		name,
		schema,
		ttlAttribute,
		items: items(""),
		indexes: new Map(
			indexes.map(({ name: index, ...own }) => [index, { schema: own, items: items(` index ${index}`) }]),
		),
	};
}
