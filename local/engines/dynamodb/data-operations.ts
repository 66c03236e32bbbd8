import type {
	BatchGetItemCommandInput,
	BatchWriteItemCommandInput,
	DeleteItemCommandInput,
	GetItemCommandInput,
	PutItemCommandInput,
	QueryCommandInput,
	ScanCommandInput,
	UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { Partial } from "../partial.ts";
import { batchGetItem, getItem, query, scan } from "./reads.ts";
import { batchExecuteStatement } from "./statements.ts";
import type { TableByName } from "./tables.ts";
import { batchWriteItem, deleteItem, putItem, updateItem } from "./writes.ts";

/**
 * An operation on items. It succeeds or fails as a whole, except for the parts that `partial` skips. Items are stored by
 * reference: callers must not change them.
 * @throws ServiceError where the service refuses the call; Unsupported where this engine does not know what is asked.
 */
export type DataOperation = (tables: TableByName, input: object, partial: Partial) => object;

export const dataOperations: Readonly<Record<string, DataOperation>> = {
	BatchExecuteStatement: batchExecuteStatement,
	BatchGetItem: (tables, input, partial) => batchGetItem(tables, input as BatchGetItemCommandInput, partial),
	BatchWriteItem: (tables, input, partial) => batchWriteItem(tables, input as BatchWriteItemCommandInput, partial),
	DeleteItem: (tables, input) => deleteItem(tables, input as DeleteItemCommandInput),
	GetItem: (tables, input) => getItem(tables, input as GetItemCommandInput),
	PutItem: (tables, input) => putItem(tables, input as PutItemCommandInput),
	Query: (tables, input) => query(tables, input as QueryCommandInput),
	Scan: (tables, input) => scan(tables, input as ScanCommandInput),
	UpdateItem: (tables, input) => updateItem(tables, input as UpdateItemCommandInput),
};
