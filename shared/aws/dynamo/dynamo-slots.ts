import { type DynamoDBClient, paginateQuery, QueryCommand, type QueryCommandInput } from "@aws-sdk/client-dynamodb";
import type { Clock } from "../../clock.ts";
import { slotAction } from "../../contracts/slot-action.ts";
import { type SlotRow, slotName } from "../../domain/schedule/slots.ts";
import type { SlotStore } from "../../usecases/schedule/slot-store.ts";
import { malformed, number, text } from "./columns.ts";
import { type Item, putItems, removeItems } from "./dynamo-items.ts";
import { type RowLog, readableRows, rowReading } from "./readable-rows.ts";

/** The partition that lists the slots with rows. The sweep finds missed slots by it. */
const index = "slots";

/** Before this time ahead of a slot, listing it once is enough; after it, a sweep may have removed it from the list. */
const listedOnceUntilMs = 60_000;

/** The work that waits for time slots, in the Slots table: one partition for each shard of each slot. */
export function dynamoSlots(client: DynamoDBClient, table: string, now: Clock, log: RowLog): SlotStore {
	const reading = <Row>(read: (item: Item) => Row) => rowReading(log, "slots", ["slot_shard", "id"], read);
	const listed = new Set<number>();

	async function list(rows: readonly SlotRow[]): Promise<void> {
		const unlisted = rows.filter(({ slot }) => !listed.has(slot) || slot - now() < listedOnceUntilMs);
		const bySlot = new Map(unlisted.map((row) => [row.slot, row]));
		const items = [...bySlot.values()].map((row) => ({ ...key(index, slotName(row.slot)), ttl: ttlOf(row) }));
		await putItems(client, table, items);
		for (const slot of listed) if (slot < now()) listed.delete(slot);
		for (const slot of bySlot.keys()) listed.add(slot);
	}

	const query = (condition: string, values: Item): QueryCommandInput => ({
		TableName: table,
		ConsistentRead: true,
		KeyConditionExpression: condition,
		ExpressionAttributeValues: values,
	});

	return {
		async put(rows) {
			await list(rows);
			await putItems(client, table, rows.map(itemOf));
		},
		async due(until) {
			const values = { ":index": { S: index }, ":until": { S: slotName(until) } };
			const slots: number[] = [];
			for await (const page of paginateQuery({ client }, query("slot_shard = :index AND id <= :until", values))) {
				slots.push(...readableRows(page.Items ?? [], reading(slotOf)).rows);
			}
			return slots;
		},
		async rows(slot, shard, rowsMax, after = null) {
			const values = { ":shard": { S: shardKey(slot, shard) } };
			const page = await client.send(
				new QueryCommand({
					...query("slot_shard = :shard", values),
					Limit: rowsMax,
					...(after !== null && { ExclusiveStartKey: key(shardKey(slot, shard), after) }),
				}),
			);
			const rowOf = (item: Item) => ({ slot, shard, ...fieldsOf(item) });
			const { rows, unreadable } = readableRows(page.Items ?? [], reading(rowOf));
			return { rows, unreadable: unreadable.length, next: page.LastEvaluatedKey?.["id"]?.S ?? null };
		},
		async remove(rows) {
			await removeItems(
				client,
				table,
				rows.map(({ slot, shard, id }) => key(shardKey(slot, shard), id)),
			);
		},
		async forget(slot) {
			await removeItems(client, table, [key(index, slotName(slot))]);
		},
	};
}

const shardKey = (slot: number, shard: number) => `${slotName(slot)}#${shard}`;

function key(shard: string, id: string): Item {
	return { slot_shard: { S: shard }, id: { S: id } };
}

function slotOf({ id }: Item): number {
	const slot = Date.parse(text("id").read(id));
	return Number.isNaN(slot) ? malformed("id", id) : slot;
}

function fieldsOf({ id, action, ttl }: Item): Pick<SlotRow, "id" | "action" | "keepUntil"> {
	return {
		id: text("id").read(id),
		action: slotAction.parse(text("action").read(action)),
		keepUntil: number("ttl").read(ttl) * 1_000,
	};
}

function ttlOf({ keepUntil }: SlotRow) {
	return { N: String(Math.ceil(keepUntil / 1_000)) };
}

function itemOf(row: SlotRow): Item {
	return { ...key(shardKey(row.slot, row.shard), row.id), action: { S: JSON.stringify(row.action) }, ttl: ttlOf(row) };
}
