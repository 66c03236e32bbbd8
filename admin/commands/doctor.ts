import { resolve4 } from "node:dns/promises";
import * as z from "zod";
import { accountsHoldingSecrets } from "#shared/aws/dynamo/dynamo-account-books.ts";
import { dynamoSwitches } from "#shared/aws/dynamo/dynamo-operator-switches.ts";
import { basePath } from "#shared/contracts/routes.ts";
import { smsc } from "#shared/contracts/smscs.ts";
import { command } from "../command.ts";
import { awsCli } from "../doctor/aws-cli.ts";
import { connectTo } from "../doctor/connect.ts";
import { type Check, unknown } from "../doctor/finding.ts";
import { type GatewayCheckDeps, gatewayChecks } from "../doctor/gateway-checks.ts";
import { runChecks } from "../doctor/run-checks.ts";
import { stageChecks } from "../doctor/stage-checks.ts";
import { accountName } from "../inputs.ts";
import { requestLocally } from "../local-request.ts";
import { asTable } from "../output.ts";
import type { Target } from "../target.ts";
import { accountOf, accountRepository } from "./account-repositories.ts";
import { readOperatorRows } from "./operators.ts";

const { binds: defaultBinds } = smsc.pick({ binds: true }).parse({});
const answerLimitMs = 10_000;

function gatewayDeps(target: Target, userName: string | undefined): GatewayCheckDeps {
	const publicUrl = target.settings && `${target.settings.publicUrl}${basePath}`;
	return {
		apiUrl: target.apiUrl ?? publicUrl,
		async get(url) {
			if (target.apiUrl !== null) return await requestLocally(url);
			const { status, headers } = await fetch(url, { signal: AbortSignal.timeout(answerLimitMs) });
			return { status, date: headers.get("date") };
		},
		now: Date.now,
		async binds() {
			return (await readOperatorRows(target)).map(({ operator, binds_up: up }) => {
				const of = smsc.safeParse(target.smscs?.[operator]).data?.binds ?? defaultBinds;
				return { operator, up, of };
			});
		},
		pausedOperators: async () => (await dynamoSwitches(target.dynamo, target.table("leases")).paused()).operators,
		accounts: async () =>
			userName === undefined ? await accountRepository(target).list() : [await accountOf(target, userName)],
		accountsHoldingSecrets: async () => await accountsHoldingSecrets(target.dynamo, target.table("accounts")),
		connect: connectTo,
	};
}

function checksOf(target: Target): readonly Check[] {
	const { stageName, settings, prefix } = target;
	if (stageName === null) return [];
	if (settings === null) {
		const missing = unknown(
			`this clone has no stages/${stageName}.json`,
			"run doctor in the clone that deploys the stage, or copy the file here",
		);
		return [{ name: "stage file", run: async () => missing }];
	}
	const aws = awsCli(settings.region);
	return stageChecks({ stageName, prefix, settings, aws, addressesOf: resolve4, now: Date.now });
}

export const doctor = command({
	call: "doctor",
	description: "check what a stage needs to work, and say what to do about what is wrong",
	notes: `Of a stage: account, quotas, certificate and its names, DNS, SMSC passwords, whether alarm mails are confirmed, alarms in
state ALARM, the API, this machine's clock, binds, webhooks and their secrets, senders. These need the command line of AWS ("aws"), and the file of
the stage. Of the local stack: the API, clock, binds, webhooks, senders. Nothing is changed, and no message is sent.

Exit codes: 0 all is well, 1 something is wrong, or could not be checked.`,
	options: [["--account <account>", "check the webhook and the senders of this account only"]],
	example: "doctor --stage prod",
	input: z.object({ account: accountName.optional() }),
	async run({ account }, target) {
		const findings = await runChecks([...checksOf(target), ...gatewayChecks(gatewayDeps(target, account))]);
		const bad = findings.filter(({ state }) => state !== "ok");
		const rows = findings.map(({ check, state, detail }) => ({ check, state, detail }));
		const todos = bad.flatMap(({ check, todo }) => (todo === undefined ? [] : `${check}: ${todo}`));
		const unchecked = bad.filter(({ todo }) => todo === undefined).map(({ check }) => check);
		if (unchecked.length > 0) todos.push(`run doctor again once these can be checked: ${unchecked.join(", ")}`);
		const { text } = asTable(rows, "no checks");
		return {
			data: findings,
			text: todos.length === 0 ? text : `${text}\n\nWhat to do:\n${todos.join("\n")}`,
			exitCode: bad.length === 0 ? 0 : 1,
		};
	},
});
