import * as z from "zod";
import { dynamoLeases } from "#shared/aws/dynamo/dynamo-leases.ts";
import { dynamoSwitches } from "#shared/aws/dynamo/dynamo-operator-switches.ts";
import { dynamoReceiptForms } from "#shared/aws/dynamo/dynamo-receipt-forms.ts";
import { smsc } from "#shared/contracts/smscs.ts";
import { type Operator, operators, rnCodes } from "#shared/domain/message/operators.ts";
import { unknownState } from "#shared/usecases/receipts/log-unknown.ts";
import type { OperatorSwitches } from "#shared/usecases/send/operator-switches.ts";
import { command } from "../command.ts";
import { asRecord, asSentence, asTable } from "../output.ts";
import { markedSettings, smscInEffect } from "../smsc-settings.ts";
import type { Target } from "../target.ts";
import { bindLeasesOf, type OperatorRow, operatorRows } from "../views/operator-rows.ts";

const operator = z.object({
	operator: z.enum(operators as readonly [Operator, ...Operator[]], `one of ${operators.join(", ")}`),
});

export function switches(target: Target): OperatorSwitches {
	return dynamoSwitches(target.dynamo, target.table("leases"));
}

const receiptForms = (target: Target) => dynamoReceiptForms(target.dynamo, target.table("submissions"));

/** Reads the state of all operators: what is paused, and what the tasks have published. */
export async function readOperatorRows(target: Target): Promise<readonly OperatorRow[]> {
	const leases = dynamoLeases(target.dynamo, target.table("leases"), target.log);
	const names = operators.flatMap((name) => bindLeasesOf(name, smsc.safeParse(target.smscs?.[name]).data?.binds));
	const [{ operators: paused }, notes] = await Promise.all([
		switches(target).paused(),
		leases.notes(names, Date.now()),
	]);
	return operatorRows(paused, notes);
}

const list = command({
	call: "list",
	isDefault: true,
	description: "list the operators with the state of their binds",
	notes: `Each task publishes the state of its binds every ten seconds. binds_held are binds that a task opens or has opened. rate is
what may be sent now, in segments a second: below rate_max after the SMSC has throttled. round_trip_ms is of the last submits.`,
	example: "operators list --stage prod",
	input: z.object({}),
	async run(_, target) {
		return asTable(await readOperatorRows(target), "no operators");
	},
});

const settingsUnknown = ({ smscs, stageName }: Target) =>
	smscs === null ? `unknown: this clone has no stages/${stageName}.json` : 'not valid: see "npx cdk synth"';

const show = command({
	call: "show <operator>",
	description: "show an operator's state, its SMSC's settings, and how its SMSC writes receipts",
	notes: `The settings are those of the stage's file in this clone; a change counts once it is deployed. Defaults are marked.

The gateway learns from receipts how they differ from the responses: the form of ids, and whether a long message has a
receipt for each part or one. It logs each unknown state of a receipt once, and lists it here.`,
	example: "operators show kcell --stage prod",
	input: operator,
	async run({ operator: name }, target) {
		const { operators: paused } = await switches(target).paused();
		const learnt = [...(await receiptForms(target).read(name))].toSorted();
		const unknownStates = learnt.filter((form) => form.startsWith(unknownState));
		const record = {
			operator: name,
			rn_code: rnCodes[name],
			state: paused.has(name) ? "paused" : "sending",
			receipts: learnt.filter((form) => !unknownStates.includes(form)),
			unknown_states: unknownStates.map((form) => form.slice(unknownState.length)),
		};
		const inEffect = smscInEffect(target.smscs?.[name]);
		const { settings: smsc, defaults } = inEffect;
		const shown = smsc === null ? settingsUnknown(target) : markedSettings(inEffect);
		return { data: { ...record, smsc, smsc_defaults: defaults }, text: asRecord({ ...record, smsc: shown }).text };
	},
});

const forget = command({
	call: "forget-receipts <operator>",
	description: "forget how an operator's SMSC writes receipts, after it has changed",
	notes: "The gateway learns it again from the next receipts. The functions follow within five minutes.",
	example: "operators forget-receipts kcell --stage prod",
	input: operator,
	async run({ operator: name }, target) {
		await receiptForms(target).clear(name);
		return asSentence(`the forms of receipts of ${name} are forgotten`, { operator: name, receipts: [] });
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

export const operatorCommands = [list, show, pause, resume, forget];
