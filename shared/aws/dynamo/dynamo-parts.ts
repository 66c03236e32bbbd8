import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { partialsJson } from "../../contracts/incoming-entry.ts";
import { type PartGroup, partGroupKey } from "../../domain/incoming/mo-part.ts";
import type { PartsRow } from "../../domain/incoming/mo-reassembly.ts";
import type { PartStore } from "../../usecases/incoming/part-store.ts";
import { asciiJson } from "../ascii-json.ts";
import { malformed, number, text } from "./columns.ts";
import { type Item, type PartiqlStatement, readItems, runStatements } from "./dynamo-items.ts";
import { type RowLog, readableRows, rowReading } from "./readable-rows.ts";

/** All parts with one reference share a row, so that a condition on one item completes a message once. */
const partition = (of: PartGroup) => `parts#${partGroupKey(of)}`;
const sort = { part: { S: "parts" } };

export function dynamoParts(client: DynamoDBClient, table: string, log: RowLog): PartStore {
	return {
		async find(all) {
			const keys = all.map((of): Item => ({ part_of: { S: partition(of) }, ...sort }));
			const items = new Map(
				(await readItems(client, table, keys)).map((item) => [text("part_of").read(item["part_of"]), item]),
			);
			return all.map((of) => {
				const item = items.get(partition(of));
				if (item === undefined) return { of, partials: [], revision: 0 };
				const reading = rowReading(log, "incoming", ["part_of"], (found) => rowOf(of, found));
				return readableRows([item], reading).rows[0] ?? null;
			});
		},
		async change(rows, keepUntil) {
			const outcomes = await runStatements(
				client,
				rows.map((row) => statementOf(table, row, keepUntil)),
			);
			return outcomes.map((outcome) => (outcome === "done" ? "changed" : "stale"));
		},
	};
}

const rowOf = (of: PartGroup, item: Item): PartsRow => ({ of, ...storedParts(item) });

function storedParts(item: Item): Omit<PartsRow, "of"> {
	const partials = partialsJson.parse(text("partials").read(item["partials"]));
	return { partials, revision: number("v").read(item["v"]) };
}

/** The row of an item whose group is not known: its parts name it. @throws Error if the item is not a row of parts. */
export function partsRowOf(item: Item): PartsRow {
	const { partials, revision } = storedParts(item);
	const { operator, sender, recipient, place } = partials[0]?.parts[0] ?? malformed("partials", item["partials"]);
	const { reference, total } = place ?? malformed("partials", item["partials"]);
	return { of: { operator, sender, recipient, reference, total }, partials, revision };
}

function statementOf(table: string, { of, partials, revision }: PartsRow, keepUntil: number): PartiqlStatement {
	const key = [{ S: partition(of) }, sort.part];
	const values = [{ S: asciiJson(partials) }, { N: String(revision + 1) }, { N: String(Math.ceil(keepUntil / 1_000)) }];
	if (revision === 0) {
		const attributes = "'partials': ?, 'v': ?, 'ttl': ?, 'part_of': ?, 'part': ?";
		return { text: `INSERT INTO "${table}" VALUE {${attributes}}`, parameters: [...values, ...key] };
	}
	return {
		text: `UPDATE "${table}" SET partials = ?, v = ?, "ttl" = ? WHERE part_of = ? AND part = ? AND v = ?`,
		parameters: [...values, ...key, { N: String(revision) }],
	};
}
