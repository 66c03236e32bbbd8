import { accessKeyOf, authorizationOf, localStackKey } from "../permissions/callers.ts";
import type { AwsService, Roles } from "../permissions/denied-permission.ts";
import { guardOf } from "../permissions/guard.ts";
import type { Permission } from "../permissions/policy.ts";
import { holdFolder } from "../processes/hold-folder.ts";
import { nextCommand, reportToParent } from "../processes/parent-commands.ts";
import { openScheduler } from "../scheduler/open-scheduler.ts";
import { invokeTargets } from "../scheduler/targets.ts";
import { account } from "../template/local-references.ts";
import { awsJson } from "../wire/aws-json.ts";
import { backupCommands } from "./backup-commands.ts";
import { type EnginesReady, enginesCommand, enginesStart } from "./engine-messages.ts";
import { openGate } from "./gate.ts";
import { openLmdbStore } from "./lmdb-store.ts";
import { openSqs } from "./sqs/open-sqs.ts";

/**
 * The process of SQS and the Scheduler. Their contents are in memory; and in a file, if they shall
 * outlive this process.
 */
const { region, permissions, folder, isDurable, secret } = await nextCommand(enginesStart);
let lambdaUrl: string | undefined;
let roles: Roles = {};
const log = (event: string, fields: object) =>
	console.log(JSON.stringify({ time: new Date().toISOString(), event, ...fields }));

if (isDurable) await holdFolder(folder);
const store = isDurable
	? await openLmdbStore({
			folder,
			isDurable,
			onBroken(error) {
				log("engines.write_failed", { error: String(error) });
				process.exit(1);
			},
		})
	: undefined;
const gate = openGate();
const onDenied = (caller: string, { action, resource }: Permission) => log("call.denied", { caller, action, resource });
const guardFor = (service: AwsService) =>
	permissions === "open" ? undefined : guardOf({ service, region, roles: () => roles, secret, onDenied });
const { url: sqsUrl } = await openSqs({
	region,
	guard: guardFor("sqs"),
	log,
	store,
	gate,
});
const key = accessKeyOf(localStackKey, secret);
const invoke = invokeTargets({
	lambdaUrl: () => lambdaUrl,
	lambdaAuthorization: authorizationOf(key, region, "lambda"),
	sqs: awsJson("sqs", sqsUrl, region, key),
	sqsUrl,
	log,
});
const { url: schedulerUrl } = await openScheduler(0, invoke, `arn:aws:scheduler:${region}:${account}`, {
	store,
	gate,
	guard: guardFor("scheduler"),
});

reportToParent({ sqs: sqsUrl, scheduler: schedulerUrl } satisfies EnginesReady);
const backUp = store && backupCommands(store, gate, reportToParent);
for (;;) {
	const command = await nextCommand(enginesCommand);
	if ("backup" in command) void backUp?.(command);
	else if ("lambdaUrl" in command) lambdaUrl = command.lambdaUrl;
	else {
		roles = command.roles;
		reportToParent({ rolesApplied: true });
	}
}
