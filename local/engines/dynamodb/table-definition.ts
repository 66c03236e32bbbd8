import type {
	CreateTableCommandInput,
	GlobalSecondaryIndex,
	KeySchemaElement,
	UpdateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import { onlyKnown, unsupported } from "#local/wire/unsupported.ts";
import { badParameter } from "./errors.ts";
import type { KeyAttribute, KeySchema } from "./keys.ts";
import { tableNameIn } from "./tables.ts";

export type IndexDefinition = KeySchema & { readonly name: string };

export type TableDefinition = KeySchema & {
	readonly name: string;
	readonly indexes: readonly IndexDefinition[];
	/** The attribute with the time, in seconds, at which an item expires. */
	readonly ttlAttribute?: string;
};

type Attributes = NonNullable<CreateTableCommandInput["AttributeDefinitions"]>;

const tableFields = new Set([
	"TableName",
	"KeySchema",
	"AttributeDefinitions",
	"BillingMode",
	"GlobalSecondaryIndexes",
]);
const indexFields = new Set(["IndexName", "KeySchema", "Projection"]);

/** @throws ServiceError */
export function tableDefinition(input: CreateTableCommandInput): TableDefinition {
	onlyKnown("CreateTable", input, tableFields);
	const { KeySchema, AttributeDefinitions = [], BillingMode, GlobalSecondaryIndexes = [] } = input;
	if (BillingMode !== "PAY_PER_REQUEST") unsupported(`BillingMode ${BillingMode}`);
	return {
		name: tableNameIn(input.TableName),
		...keySchema(KeySchema, AttributeDefinitions),
		indexes: GlobalSecondaryIndexes.map((index) => indexDefinition(index, AttributeDefinitions)),
	};
}

const updateFields = new Set(["TableName", "AttributeDefinitions", "GlobalSecondaryIndexUpdates"]);

/** The index that a table gets. The service creates one in a call. @throws ServiceError */
export function addedIndex(input: UpdateTableCommandInput): IndexDefinition {
	onlyKnown("UpdateTable", input, updateFields);
	const [first, ...others] = input.GlobalSecondaryIndexUpdates ?? [];
	if (first?.Create === undefined || others.length > 0)
		unsupported("an update of a table but the creation of one index");
	return indexDefinition(first.Create as GlobalSecondaryIndex, input.AttributeDefinitions ?? []);
}

function indexDefinition(index: GlobalSecondaryIndex, attributes: Attributes): IndexDefinition {
	onlyKnown("CreateTable", index, indexFields);
	const { IndexName, KeySchema, Projection } = index;
	if (Projection?.ProjectionType !== "KEYS_ONLY") unsupported(`the projection ${Projection?.ProjectionType}`);
	return { name: tableNameIn(IndexName), ...keySchema(KeySchema, attributes) };
}

export function keySchema(elements: readonly KeySchemaElement[] = [], attributes: Attributes): KeySchema {
	const [hash, range, ...others] = elements;
	if (hash?.KeyType !== "HASH" || (range !== undefined && range.KeyType !== "RANGE") || others.length > 0) {
		return badParameter("a key schema is one HASH element and at most one RANGE element");
	}
	const own = { hash: keyAttribute(hash, attributes) };
	return range === undefined ? own : { ...own, range: keyAttribute(range, attributes) };
}

function keyAttribute({ AttributeName: name }: KeySchemaElement, attributes: Attributes): KeyAttribute {
	const type = attributes.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
	if (name === undefined || type === undefined) return badParameter(`the key ${name} has no attribute definition`);
	return type === "S" || type === "N" ? { name, type } : unsupported(`a key of the type ${type}`);
}

/** As DescribeTable and CreateTable answer. */
export function tableDescription({ name, indexes, ...schema }: TableDefinition): object {
	const keys = [schema, ...indexes].flatMap(({ hash, range }) => (range === undefined ? [hash] : [hash, range]));
	const types = new Map(keys.map((key) => [key.name, key.type]));
	return {
		TableName: name,
		TableStatus: "ACTIVE",
		KeySchema: elementsOf(schema),
		AttributeDefinitions: [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
		...(indexes.length > 0 && {
			GlobalSecondaryIndexes: indexes.map(({ name: IndexName, ...index }) => ({
				IndexName,
				IndexStatus: "ACTIVE",
				KeySchema: elementsOf(index),
				Projection: { ProjectionType: "KEYS_ONLY" },
			})),
		}),
	};
}

function elementsOf({ hash, range }: KeySchema): readonly KeySchemaElement[] {
	const own = { AttributeName: hash.name, KeyType: "HASH" } as const;
	return range === undefined ? [own] : [own, { AttributeName: range.name, KeyType: "RANGE" }];
}
