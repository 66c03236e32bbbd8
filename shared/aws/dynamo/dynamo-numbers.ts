import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type Operator, operators, rnCodes } from "../../domain/message/operators.ts";
import type { NumberEntry } from "../../domain/numbers/number-entry.ts";
import type { NumberStore } from "../../usecases/numbers/number-store.ts";
import { attributesOf, type Column, type Columns, flag, malformed, nullable, rowOf } from "./columns.ts";
import { putItems, readItems, removeItems } from "./dynamo-items.ts";
import { type RowLog, readableRows, rowReading } from "./readable-rows.ts";

const columns: Columns<NumberEntry> = {
	recipient: {
		name: "msisdn",
		write: (value) => ({ N: value }),
		read: (attribute) => attribute?.N ?? malformed("msisdn", attribute),
	},
	portedTo: nullable(byRnCode("rn_code")),
	porting: flag("porting"),
	blocked: flag("blocked"),
};

/** An operator, stored as the routing code of the contract and the porting database. */
function byRnCode(name: string): Column<Operator> {
	return {
		name,
		write: (operator) => ({ S: rnCodes[operator] }),
		read: (attribute) => operators.find((operator) => rnCodes[operator] === attribute?.S) ?? malformed(name, attribute),
	};
}

const keyOf = (recipient: string) => ({ msisdn: { N: recipient } });

export function dynamoNumbers(client: DynamoDBClient, table: string, log: RowLog): NumberStore {
	const reading = rowReading(log, "numbers", [columns.recipient.name], (item) => rowOf(columns, item));
	return {
		async find(recipients) {
			const keys = [...new Set(recipients)].map(keyOf);
			const { rows, unreadable } = readableRows(await readItems(client, table, keys), reading);
			return new Map<string, NumberEntry | "unreadable">([
				...rows.map((entry) => [entry.recipient, entry] as const),
				...unreadable.map((item) => [columns.recipient.read(item[columns.recipient.name]), "unreadable"] as const),
			]);
		},
		async put(entries) {
			await putItems(
				client,
				table,
				entries.map((entry) => attributesOf(columns, entry)),
			);
		},
		async remove(recipients) {
			await removeItems(client, table, recipients.map(keyOf));
		},
	};
}
