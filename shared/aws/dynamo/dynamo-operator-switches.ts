import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type Operator, operators } from "../../domain/message/operators.ts";
import type { OperatorSwitches } from "../../usecases/send/operator-switches.ts";
import { type Item, putItems, readItems, removeItems } from "./dynamo-items.ts";

/** Whether an item of the Leases table says that an operator is paused. */
export const isSwitch = ({ lease }: Item): boolean => lease?.S?.startsWith(prefix) === true;

export function dynamoSwitches(client: DynamoDBClient, table: string): OperatorSwitches {
	return {
		async paused() {
			const items = await readItems(client, table, operators.map(key));
			const names = new Set(items.map((item) => item["lease"]?.S));
			return new Set(operators.filter((operator) => names.has(nameOf(operator))));
		},
		pause: async (operator) => await putItems(client, table, [key(operator)]),
		resume: async (operator) => await removeItems(client, table, [key(operator)]),
	};
}

const prefix = "switch#";
const nameOf = (operator: Operator) => `${prefix}${operator}`;
const key = (operator: Operator): Item => ({ lease: { S: nameOf(operator) } });
