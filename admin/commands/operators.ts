import * as z from "zod";
import { dynamoSwitches } from "#shared/aws/dynamo-switches.ts";
import { type Operator, operators, rnCodes } from "#shared/domain/operators.ts";
import type { OperatorSwitches } from "#shared/ports.ts";
import { command } from "../command.ts";
import { asSentence, asTable } from "../output.ts";
import type { Place } from "../place.ts";

const operator = z.object({
	operator: z.enum(operators as readonly [Operator, ...Operator[]], `is none of ${operators.join(", ")}`),
});

function switches(place: Place): OperatorSwitches {
	return dynamoSwitches(place.dynamo, place.table("leases"));
}

const list = command({
	call: "list",
	isDefault: true,
	description: "the operators, and which are paused",
	example: "operators list --stage prod",
	input: z.object({}),
	async run(_, place) {
		const paused = await switches(place).paused();
		const rows = operators.map((name) => ({
			operator: name,
			rn_code: rnCodes[name],
			state: paused.has(name) ? "paused" : "sending",
		}));
		return asTable(rows, "there are no operators");
	},
});

const pause = command({
	call: "pause <operator>",
	description: "submits nothing to an operator until it is resumed",
	more: "The tasks see it at their next look, within seconds. Messages wait in the operator's lanes; those that expire there\nend as EXPIRED.",
	example: "operators pause kcell --stage prod",
	input: operator,
	async run({ operator: name }, place) {
		await switches(place).pause(name);
		return asSentence(`${name} is paused`, { operator: name, state: "paused" });
	},
});

const resume = command({
	call: "resume <operator>",
	description: "submits to a paused operator again",
	example: "operators resume kcell --stage prod",
	input: operator,
	async run({ operator: name }, place) {
		await switches(place).resume(name);
		return asSentence(`${name} is sent to`, { operator: name, state: "sending" });
	},
});

export const operatorCommands = [list, pause, resume];
