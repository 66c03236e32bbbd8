import {
	type AttributeValue,
	BatchExecuteStatementCommand,
	BatchGetItemCommand,
	type BatchStatementError,
	type BatchStatementErrorCodeEnum,
	BatchWriteItemCommand,
	ConditionalCheckFailedException,
	type DynamoDBClient,
	UpdateItemCommand,
	type UpdateItemCommandInput,
	type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { inBatches, retryUntilNoneLeft } from "../batched-calls.ts";

export type Item = Record<string, AttributeValue>;

const writesMax = 25;
const readsMax = 100;

/** The existing items of these keys, in no order, by strongly consistent reads of up to 100 keys. */
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

/** Writes items 25 at a time, over existing ones. Their keys must differ. */
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

/** Updates an item. False if the condition fails, which a call that the SDK repeats may do on the item that it wrote. */
export async function updateIf(client: DynamoDBClient, input: UpdateItemCommandInput): Promise<boolean> {
	try {
		await client.send(new UpdateItemCommand(input));
		return true;
	} catch (error) {
		if (error instanceof ConditionalCheckFailedException) return false;
		throw error;
	}
}

export type PartiqlStatement = { readonly text: string; readonly parameters: readonly AttributeValue[] };
export type StatementOutcome = "done" | "duplicate" | "condition_failed";

const failures: Partial<Record<BatchStatementErrorCodeEnum, StatementOutcome>> = {
	DuplicateItem: "duplicate",
	ConditionalCheckFailed: "condition_failed",
};

const transient: readonly (string | undefined)[] = [
	"ProvisionedThroughputExceeded",
	"RequestLimitExceeded",
	"ThrottlingError",
	"InternalServerError",
	"TransactionConflict",
] satisfies BatchStatementErrorCodeEnum[];

/**
 * Runs writing statements, 25 at a time, each independent of the others. Their keys must differ. The outcomes are in order.
 * @throws TemporaryFault if the table still throttles after all attempts, Error if a call fails or a statement is wrong. Some
 * statements may have been applied.
 */
export async function runStatements(
	client: DynamoDBClient,
	statements: readonly PartiqlStatement[],
): Promise<readonly StatementOutcome[]> {
	return await inBatches(statements, writesMax, async (batch) => {
		const outcomes: StatementOutcome[] = [];
		await retryUntilNoneLeft([...batch.entries()], async (left) => {
			const throttled: [number, PartiqlStatement][] = [];
			const errors = await errorsOf(
				client,
				left.map(([, statement]) => statement),
			);
			for (const [position, [index, statement]] of left.entries()) {
				const error = errors[position];
				if (transient.includes(error?.Code)) throttled.push([index, statement]);
				else outcomes[index] = outcomeOf(error);
			}
			return throttled;
		});
		return outcomes;
	});
}

async function errorsOf(client: DynamoDBClient, statements: readonly PartiqlStatement[]) {
	const inputs = statements.map(({ text, parameters }) => ({ Statement: text, Parameters: [...parameters] }));
	const answer = await client.send(new BatchExecuteStatementCommand({ Statements: inputs }));
	return statements.map((_, index) => answer.Responses?.[index]?.Error);
}

function outcomeOf(error: BatchStatementError | undefined): StatementOutcome {
	if (error === undefined) return "done";
	const outcome = error.Code && failures[error.Code];
	if (!outcome) throw new Error(`DynamoDB: ${error.Code}: ${error.Message}`);
	return outcome;
}
