import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { entries, metadataKeys, root } from "#infra/entries.ts";
import { type Permissions, permissions } from "#infra/permissions.ts";
import { type TableRole, tableRoles } from "#infra/table-roles.ts";
import { synthesise } from "#local/template/synthesise.ts";
import type { Template } from "#local/template/template.ts";
import { deadRole, laneRole } from "#shared/contracts/resource-names.ts";
import { routes } from "#shared/contracts/routes.ts";
import { lanes } from "#shared/domain/message/lanes.ts";
import { sampleStage } from "#test/infra/sample-stage.ts";
import { type QueueText, queueTexts, tableTexts } from "./data-model-texts.ts";

/** Where the tables stand, between the marks that `withGenerated` finds. */
export const dataModelFile = "docs/data-model.md";

/** The page with its tables as the template, the permissions and the command line's policy have them. */
export function dataModelPage(current: string): string {
	const template = synthesise(sampleStage, entries);
	return withGenerated(withGenerated(current, "tables", tablesTable(template)), "queues", queuesTable(template));
}

function withGenerated(page: string, name: string, text: string): string {
	const begin = `<!-- generated: ${name} -->\n`;
	const end = "<!-- end -->";
	const from = page.indexOf(begin);
	const to = page.indexOf(end, from);
	if (from < 0 || to < 0) throw new Error(`${dataModelFile} has no place for its generated ${name}`);
	return `${page.slice(0, from)}${begin}${text}${page.slice(to)}`;
}

const writes = ["UpdateItem", "BatchWriteItem", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"];
const reads = ["GetItem", "BatchGetItem", "Query", "Scan"];

function tablesTable(template: Template): string {
	const rows = tableRoles.map((role) => {
		const { holds, kept } = tableTexts[role];
		const cells = [keyOf(template, role), holds, callers(role, writes), callers(role, reads), kept];
		return `| \`${role}\` | ${cells.join(" | ")} |\n`;
	});
	return `| table | key | holds | written by | read by | kept |\n|---|---|---|---|---|---|\n${rows.join("")}`;
}

const tableProperties = z.object({
	AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })),
	KeySchema: z.array(z.object({ AttributeName: z.string() })),
	TimeToLiveSpecification: z.object({ AttributeName: z.literal("ttl"), Enabled: z.literal(true) }),
});

function keyOf(template: Template, role: TableRole): string {
	const { AttributeDefinitions, KeySchema } = tableProperties.parse(
		propertiesOf(template, "AWS::DynamoDB::Table", role),
	);
	const types = new Map(AttributeDefinitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]));
	return KeySchema.map(({ AttributeName: name }) => `\`${name}\` ${types.get(name)}`).join(", ");
}

function propertiesOf(template: Template, type: string, role: string): unknown {
	const found = Object.values(template.Resources).find(
		(resource) => resource.Type === type && resource.Metadata[metadataKeys.role] === role,
	);
	if (found === undefined) throw new Error(`the template has no ${type} ${role}`);
	return found.Properties;
}

/** What has a permission of a kind: the functions, the SMPP task, the command line. */
function callers(role: TableRole, actions: readonly string[]): string {
	const can = (granted: readonly string[] | undefined) => granted?.some((action) => actions.includes(action)) ?? false;
	const processes = entryNames.filter((entry) => can(permissionsOf(entry).tables[role]));
	return namesOf(processes, can(commandLineActions(role)));
}

type Entry = keyof typeof permissions;
const entryNames = Object.keys(permissions) as readonly Entry[];
const permissionsOf = (entry: Entry): Permissions => permissions[entry];

/** The functions that authenticate a client: those of the API but its description and what answers for unknown paths. */
const apiEntries: readonly Entry[] = [...new Set(routes.map(({ entry }) => entry))].filter(
	(entry) => entry !== "get-openapi",
);

function namesOf(processes: readonly Entry[], commandLine: boolean): string {
	const isWholeApi = apiEntries.every((entry) => processes.includes(entry));
	const functions = processes.filter((entry) => entry !== "smpp" && !(isWholeApi && apiEntries.includes(entry)));
	const names = [
		...(isWholeApi ? ["every API function"] : []),
		...functions.map((entry) => `\`${entry}\``),
		...(processes.includes("smpp") ? ["the SMPP task"] : []),
		...(commandLine ? ["the command line"] : []),
	];
	return names.join(", ");
}

const policy = z.object({
	Statement: z.array(
		z.object({
			Action: z.union([z.string(), z.array(z.string())]),
			Resource: z.union([z.string(), z.array(z.string())]),
		}),
	),
});

/** The policy of `docs/deploy.md`, which lets people run the command line. */
const commandLinePolicy = policy.parse(
	JSON.parse(
		/```json\n(\{\n\t"Version".*?)```/s.exec(readFileSync(join(root, "docs/deploy.md"), "utf8"))?.[1] ?? "null",
	),
);

/** What the command line may do to a table. */
export function commandLineActions(role: TableRole): readonly string[] {
	return commandLinePolicy.Statement.filter(({ Resource }) =>
		[Resource].flat().some((arn) => arn.endsWith(`:table/smsgw-NAME-${role}`)),
	).flatMap(({ Action }) => [Action].flat().map((action) => action.slice("dynamodb:".length)));
}

const queueProperties = z.object({
	MessageRetentionPeriod: z.int(),
	VisibilityTimeout: z.int(),
	RedrivePolicy: z.object({ maxReceiveCount: z.int() }).optional(),
});

function queuesTable(template: Template): string {
	const rows = queueTexts.map((queue) => {
		const [first = ""] = queue.name === "lanes" ? lanes.map(({ name }) => laneRole(name)) : [queue.name];
		const live = queueProperties.parse(propertiesOf(template, "AWS::SQS::Queue", first));
		const dead = queueProperties.parse(propertiesOf(template, "AWS::SQS::Queue", deadRole(first)));
		const cells = [
			queue.entry,
			queueCallers(queue, "SendMessage"),
			queueCallers(queue, "ReceiveMessage"),
			`${live.VisibilityTimeout} s`,
			`${days(live.MessageRetentionPeriod)}, dead letters ${days(dead.MessageRetentionPeriod)}`,
			`${live.RedrivePolicy?.maxReceiveCount.toLocaleString("en")} receives${queue.alsoDead}`,
		];
		return `| ${queue.title} | ${cells.join(" | ")} |\n`;
	});
	const head = "| queue | an entry is | sent by | received by | invisible for | kept | dead letter after |\n";
	return `${head}|---|---|---|---|---|---|---|\n${rows.join("")}`;
}

const days = (seconds: number) => `${seconds / 86_400} days`;

function queueCallers({ role }: QueueText, action: "SendMessage" | "ReceiveMessage"): string {
	return namesOf(
		entryNames.filter((entry) => permissionsOf(entry).queues[role]?.includes(action)),
		false,
	);
}
