import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { NumberEntry } from "../domain/number-entry.ts";
import { type Operator, operators, rnCodes } from "../domain/operators.ts";
import type { NumberStore } from "../ports.ts";
import { attributesOf, type Column, type Columns, flag, malformed, nullable, rowOf } from "./columns.ts";
import { putItems, readItems, removeItems } from "./dynamo-tables.ts";

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

/** An operator by its routing code, as the contract and the porting database write it. */
function byRnCode(name: string): Column<Operator> {
	return {
		name,
		write: (operator) => ({ S: rnCodes[operator] }),
		read: (attribute) => operators.find((operator) => rnCodes[operator] === attribute?.S) ?? malformed(name, attribute),
	};
}

const keyOf = (recipient: string) => ({ msisdn: { N: recipient } });

/** Ported and blocked numbers, in their table. */
export function dynamoNumbers(client: DynamoDBClient, table: string): NumberStore {
	return {
		async find(recipients) {
			const keys = [...new Set(recipients)].map(keyOf);
			const entries = (await readItems(client, table, keys)).map((item) => rowOf(columns, item));
			return new Map(entries.map((entry) => [entry.recipient, entry]));
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
