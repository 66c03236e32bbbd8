import { rmSync } from "node:fs";
import { guardOf } from "#local/permissions/guard.ts";
import { holdFolder } from "#local/processes/hold-folder.ts";
import { nextCommand, reportToParent } from "#local/processes/parent-commands.ts";
import { backupCommands } from "../backup-commands.ts";
import { type DynamoReady, dynamoCommand, enginesStart, type RolesApplied, rolesCommand } from "../engine-messages.ts";
import { openGate } from "../gate.ts";
import { openDynamoDb } from "./open-dynamodb.ts";

/** The process of DynamoDB. It checks the permissions of its callers. */
const { region, permissions, folder, isDurable, secret } = await nextCommand(enginesStart);
let { roles } = rolesCommand.parse({ roles: {} });
const log = (event: string, fields: object) =>
	console.log(JSON.stringify({ time: new Date().toISOString(), event, ...fields }));

if (isDurable) await holdFolder(folder);
/* The supervisor deletes it, unless the supervisor was killed. */
if (!isDurable) process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const guard = guardOf({
	service: "dynamodb",
	region,
	roles: () => roles,
	secret,
	onDenied: (caller, { action, resource }) => log("call.denied", { caller, action, resource }),
});
const gate = openGate();
const { url, store } = await openDynamoDb({
	folder,
	isDurable,
	guard: permissions === "open" ? undefined : guard,
	log,
	gate,
	onBroken(error) {
		log("dynamodb.write_failed", { error: String(error) });
		process.exit(1);
	},
});
reportToParent({ url } satisfies DynamoReady);
const backUp = backupCommands(store, gate, reportToParent);
for (;;) {
	const command = await nextCommand(dynamoCommand);
	if ("backup" in command) void backUp(command);
	else {
		roles = command.roles;
		reportToParent({ rolesApplied: true } satisfies RolesApplied);
	}
}
