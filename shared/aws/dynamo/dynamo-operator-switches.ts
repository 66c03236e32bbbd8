import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { jsonText } from "../../contracts/json-text.ts";
import { TemporaryFault } from "../../domain/faults.ts";
import { type Operator, operators } from "../../domain/message/operators.ts";
import { pausedBatchesMax } from "../../domain/send/paused-batches.ts";
import type { OperatorSwitches } from "../../usecases/send/operator-switches.ts";
import { type Item, putItems, readItems, removeItems, updateIf } from "./dynamo-items.ts";

/** Whether an item of the Leases table says that an operator, or that batches are paused. */
export const isSwitch = ({ lease }: Item): boolean => lease?.S?.startsWith(prefix) === true;

export function dynamoSwitches(client: DynamoDBClient, table: string): OperatorSwitches {
	async function batchesRow(): Promise<BatchesRow> {
		const [item] = await readItems(client, table, [keyOf(batchesName)]);
		return batchesIn(item);
	}

	async function changeBatches(
		now: number,
		change: (paused: readonly PausedBatch[]) => readonly PausedBatch[],
	): Promise<void> {
		for (let tries = 0; tries < triesMax; tries += 1) {
			const { text, paused } = await batchesRow();
			const changed = JSON.stringify(change(paused.filter(({ until }) => until > now)));
			if (changed === text || (await replaceBatches(client, table, text, changed))) return;
		}
		throw new TemporaryFault("other commands keep changing which batches are paused");
	}

	return {
		async paused() {
			const items = await readItems(client, table, [...operators.map(keyOfOperator), keyOf(batchesName)]);
			const byName = new Map(items.map((item) => [item["lease"]?.S, item]));
			return {
				operators: new Set(operators.filter((operator) => byName.has(nameOf(operator)))),
				batches: new Set(batchesIn(byName.get(batchesName)).paused.map(({ id }) => id)),
			};
		},
		pause: async (operator) => await putItems(client, table, [keyOfOperator(operator)]),
		resume: async (operator) => await removeItems(client, table, [keyOfOperator(operator)]),
		async pauseBatch(batchId, until, now) {
			let isFull = false;
			await changeBatches(now, (paused) => {
				const others = paused.filter(({ id }) => id !== batchId);
				isFull = others.length >= pausedBatchesMax;
				return isFull ? paused : [...others, { id: batchId, until }];
			});
			return !isFull;
		},
		resumeBatch: async (batchId, now) =>
			await changeBatches(now, (paused) => paused.filter(({ id }) => id !== batchId)),
	};
}

const triesMax = 10;
const prefix = "switch#";
const batchesName = `${prefix}batches`;
const nameOf = (operator: Operator) => `${prefix}${operator}`;
const keyOf = (name: string): Item => ({ lease: { S: name } });
const keyOfOperator = (operator: Operator) => keyOf(nameOf(operator));

const pausedBatches = jsonText.pipe(z.array(z.object({ id: z.int().positive(), until: z.number() })));
type PausedBatch = z.output<typeof pausedBatches>[number];

/** `text`: as stored; undefined if there is no row. */
type BatchesRow = { readonly text: string | undefined; readonly paused: readonly PausedBatch[] };

function batchesIn(item: Item | undefined): BatchesRow {
	const text = item?.["b"]?.S;
	/* A row that cannot be read must not keep tasks from knowing the operators' switches. */
	return { text, paused: pausedBatches.safeParse(text ?? "[]").data ?? [] };
}

async function replaceBatches(client: DynamoDBClient, table: string, known: string | undefined, text: string) {
	return await updateIf(client, {
		TableName: table,
		Key: keyOf(batchesName),
		UpdateExpression: "SET #b = :b",
		ConditionExpression: known === undefined ? "attribute_not_exists(#b)" : "#b = :known",
		ExpressionAttributeNames: { "#b": "b" },
		ExpressionAttributeValues: { ":b": { S: text }, ...(known !== undefined && { ":known": { S: known } }) },
	});
}
