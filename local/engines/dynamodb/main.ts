import { guardOf } from "#local/permissions/guard.ts";
import { nextCommand, reportToParent } from "#local/processes/parent-commands.ts";
import { type DynamoReady, dynamoStart, type RolesApplied, rolesCommand } from "../engine-messages.ts";
import { openDynamoDb } from "./open-dynamodb.ts";

/** The process of DynamoDB. It checks the permissions of its callers. */
const { region, permissions, folder, isDurable } = await nextCommand(dynamoStart);
let { roles } = rolesCommand.parse({ roles: {} });
const log = (event: string, fields: object) =>
	console.log(JSON.stringify({ time: new Date().toISOString(), event, ...fields }));

const guard = guardOf({
	service: "dynamodb",
	region,
	roles: () => roles,
	onDenied: (caller, { action, resource }) => log("call.denied", { caller, action, resource }),
});
const { url } = await openDynamoDb({
	folder,
	isDurable,
	guard: permissions === "open" ? undefined : guard,
	log,
	onBroken(error) {
		log("dynamodb.write_failed", { error: String(error) });
		process.exit(1);
	},
});
reportToParent({ url } satisfies DynamoReady);
for (;;) {
	({ roles } = await nextCommand(rolesCommand));
	reportToParent({ rolesApplied: true } satisfies RolesApplied);
}
