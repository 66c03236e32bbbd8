import * as z from "zod";
import { dynamoSwitches } from "#shared/aws/dynamo/dynamo-operator-switches.ts";
import { type Operator, operators, rnCodes } from "#shared/domain/message/operators.ts";
import type { OperatorSwitches } from "#shared/usecases/send/operator-switches.ts";
import { command } from "../command.ts";
import { asSentence, asTable } from "../output.ts";
import type { Target } from "../target.ts";

const operator = z.object({
	operator: z.enum(operators as readonly [Operator, ...Operator[]], `one of ${operators.join(", ")}`),
});

function switches(target: Target): OperatorSwitches {
	return dynamoSwitches(target.dynamo, target.table("leases"));
}

const list = command({
	call: "list",
	isDefault: true,
	description: "list the operators and their states",
	example: "operators list --stage prod",
	input: z.object({}),
	async run(_, target) {
		const paused = await switches(target).paused();
		const rows = operators.map((name) => ({
			operator: name,
			rn_code: rnCodes[name],
			state: paused.has(name) ? "paused" : "sending",
		}));
		return asTable(rows, "no operators");
	},
});

const pause = command({
	call: "pause <operator>",
	description: "stop submitting to an operator until it is resumed",
	notes:
		"The tasks obey within seconds. Messages wait in the operator's lanes; a message that expires there ends as EXPIRED.",
	example: "operators pause kcell --stage prod",
	input: operator,
	async run({ operator: name }, target) {
		await switches(target).pause(name);
		return asSentence(`${name} is paused`, { operator: name, state: "paused" });
	},
});

const resume = command({
	call: "resume <operator>",
	description: "submit to a paused operator again",
	example: "operators resume kcell --stage prod",
	input: operator,
	async run({ operator: name }, target) {
		await switches(target).resume(name);
		return asSentence(`${name} is resumed`, { operator: name, state: "sending" });
	},
});

export const operatorCommands = [list, pause, resume];
