import {
	type AttributeValue,
	BatchExecuteStatementCommand,
	BatchGetItemCommand,
	type BatchStatementError,
	type BatchStatementErrorCodeEnum,
	BatchWriteItemCommand,
	type DynamoDBClient,
	type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { inBatches, retryUntilNoneLeft } from "../batched-calls.ts";

export type Item = Record<string, AttributeValue>;

const writesMax = 25;
const readsMax = 100;

/** The items at these keys that are there, in no order, by strongly consistent reads of up to 100 at a time. */
export async function readItems(
	client: DynamoDBClient,
	table: string,
	keys: readonly Item[],
): Promise<readonly Item[]> {
	return await inBatches(keys, readsMax, async (batch) => {
		const found: Item[] = [];
		await retryUntilNoneLeft(batch, async (left) => {
			const answer = await client.send(
				new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [...left], ConsistentRead: true } } }),
			);
			found.push(...(answer.Responses?.[table] ?? []));
			return answer.UnprocessedKeys?.[table]?.Keys ?? [];
		});
		return found;
	});
}

/** Puts items, whatever was there before, 25 at a time. Their keys must differ. */
export async function putItems(client: DynamoDBClient, table: string, items: readonly Item[]): Promise<void> {
	await write(
		client,
		table,
		items.map((Item) => ({ PutRequest: { Item } })),
	);
}

/** Deletes the items at these keys, 25 at a time. The keys must differ. */
export async function removeItems(client: DynamoDBClient, table: string, keys: readonly Item[]): Promise<void> {
	await write(
		client,
		table,
		keys.map((Key) => ({ DeleteRequest: { Key } })),
	);
}

async function write(client: DynamoDBClient, table: string, requests: readonly WriteRequest[]): Promise<void> {
	await inBatches(requests, writesMax, async (batch) => {
		await retryUntilNoneLeft(batch, async (left) => {
			const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: [...left] } }));
			return answer.UnprocessedItems?.[table] ?? [];
		});
		return [];
	});
}

export type Statement = { readonly text: string; readonly parameters: readonly AttributeValue[] };
export type StatementOutcome = "done" | "duplicate" | "condition_failed";

const failures: Partial<Record<BatchStatementErrorCodeEnum, StatementOutcome>> = {
	DuplicateItem: "duplicate",
	ConditionalCheckFailed: "condition_failed",
};

/** What passes by itself: such a statement is tried again, alone. */
const transient: readonly (string | undefined)[] = [
	"ProvisionedThroughputExceeded",
	"RequestLimitExceeded",
	"ThrottlingError",
	"InternalServerError",
	"TransactionConflict",
] satisfies BatchStatementErrorCodeEnum[];

/**
 * Runs writing statements on keys that all differ, 25 at a time, each on its own: outcomes in their order.
 * @throws TemporaryFault when the table keeps turning statements away; Error when a call fails or a statement is wrong. Some may have been carried out then.
 */
export async function runStatements(
	client: DynamoDBClient,
	statements: readonly Statement[],
): Promise<readonly StatementOutcome[]> {
	return await inBatches(statements, writesMax, async (batch) => {
		const outcomes: StatementOutcome[] = [];
		await retryUntilNoneLeft([...batch.entries()], async (left) => {
			const again: [number, Statement][] = [];
			const errors = await errorsOf(
				client,
				left.map(([, statement]) => statement),
			);
			for (const [place, [index, statement]] of left.entries()) {
				const error = errors[place];
				if (transient.includes(error?.Code)) again.push([index, statement]);
				else outcomes[index] = outcomeOf(error);
			}
			return again;
		});
		return outcomes;
	});
}

/** One call; the error of each statement that has one. */
async function errorsOf(client: DynamoDBClient, statements: readonly Statement[]) {
	const inputs = statements.map(({ text, parameters }) => ({ Statement: text, Parameters: [...parameters] }));
	const answer = await client.send(new BatchExecuteStatementCommand({ Statements: inputs }));
	return statements.map((_, place) => answer.Responses?.[place]?.Error);
}

function outcomeOf(error: BatchStatementError | undefined): StatementOutcome {
	if (error === undefined) return "done";
	const outcome = error.Code && failures[error.Code];
	if (!outcome) throw new Error(`DynamoDB: ${error.Code}: ${error.Message}`);
	return outcome;
}
