import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { functionGroups } from "#infra/alarms.ts";
import { reservedPercent } from "#infra/concurrency.ts";
import { metadataKeys, root } from "#infra/entries.ts";
import { type Permissions, permissions } from "#infra/permissions.ts";
import { accountQueuesPrefix } from "#shared/domain/accounts/account-queue.ts";
import { referencesIn, resources } from "./gateway-template.ts";
import { samplePlan } from "./sample-plan.ts";

const functions = resources("AWS::Lambda::Function");
const entryOf = (id: string) => String(functions.find(([one]) => one === id)?.[1].Metadata[metadataKeys.entry]);

type Statement = { readonly Action: string | string[]; readonly Effect: string; readonly Resource: unknown };

function statementsOf(roleId: string): readonly Statement[] {
	const policies = resources("AWS::IAM::Policy").filter(([, { Properties }]) =>
		referencesIn(Properties["Roles"]).includes(roleId),
	);
	return policies.flatMap(
		([, { Properties }]) => (Properties["PolicyDocument"] as { Statement: Statement[] }).Statement,
	);
}

/** What a role may do to tables and queues, as `table or queue role: action`. */
function allowedTo(roleId: string): readonly string[] {
	return statementsOf(roleId)
		.flatMap(({ Action, Resource }) => {
			const ids = referencesIn(Resource);
			const roles = ids.map((id) => stores.get(id)).filter((role) => role !== undefined);
			return [...new Set(roles)].flatMap((role) => [Action].flat().map((action) => `${role} ${action.split(":")[1]}`));
		})
		.sort();
}

/** What a role may do to account queues, which the template does not contain. */
function accountQueueActions(roleId: string): readonly string[] {
	const theirs = statementsOf(roleId).filter(({ Resource }) =>
		JSON.stringify(Resource).includes(`:${accountQueuesPrefix("smsgw-sample")}*`),
	);
	return theirs.flatMap(({ Action }) => [Action].flat());
}

function camelCase(role: string): string {
	return role.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

const stores = new Map(
	[...resources("AWS::DynamoDB::Table"), ...resources("AWS::SQS::Queue")].map(([id, { Type, Metadata }]) => {
		const role = String(Metadata[metadataKeys.role]);
		const kind = Type === "AWS::DynamoDB::Table" ? "table" : "queue";
		if (kind === "table") return [id, `table ${role}`];
		return [id, `queue ${camelCase(role.replace(/^lane-[a-z0-9]+-[a-z]+/, "lanes"))}`];
	}),
);

function written({ tables, queues, searches = [] }: Permissions): readonly string[] {
	const of = (kind: string, all: object) =>
		Object.entries(all).flatMap(([role, actions]) => actions.map((action: string) => `${kind} ${role} ${action}`));
	const searched = searches.map((role) => `table ${role} Query`);
	return [...of("table", tables), ...searched, ...of("queue", queues)].sort();
}

describe("the functions of the template", () => {
	it("are the handlers of lambdas/, each once", () => {
		const handlerFiles = readdirSync(join(root, "lambdas")).filter((file) => file.endsWith(".ts"));

		expect(functions.map(([id]) => entryOf(id)).sort()).toEqual(handlerFiles.map((file) => `lambdas/${file}`).sort());
	});

	it.each(functions.map(([id, fn]) => [entryOf(id), fn] as const))("%s has a source file", (entry) => {
		expect(existsSync(join(root, entry))).toBe(true);
	});

	it.each(functions.map(([id, fn]) => [entryOf(id), fn] as const))(
		"%s runs on Node 24 on ARM, with a time limit and 30 days of logs",
		(_, { Properties }) => {
			const [logGroup] = referencesIn(Properties["LoggingConfig"]);
			const group = resources("AWS::Logs::LogGroup").find(([id]) => id === logGroup)?.[1];

			expect(Properties).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"], MemorySize: 1_769 });
			expect(Properties["Timeout"]).toBeGreaterThan(0);
			expect(group?.Properties["RetentionInDays"]).toBe(30);
		},
	);

	it("are each in one group, which the alarms and the dashboard watch", () => {
		const names = functions.map(([id]) => entryOf(id).replace(/^lambdas\/(.*)\.ts$/, "$1"));
		const grouped = Object.values(functionGroups).flat();

		expect([...grouped].sort()).toEqual([...names].sort());
	});

	it("have a reserved share of concurrency behind the API, and a limit of their event sources behind queues", () => {
		const entries = (ids: readonly string[]) =>
			ids.map((id) => entryOf(id).replace(/^lambdas\/(.*)\.ts$/, "$1")).sort();
		const reserved = functions.filter(([, { Properties }]) => Properties["ReservedConcurrentExecutions"] !== undefined);
		const mappings = resources("AWS::Lambda::EventSourceMapping").map(([, { Properties }]) => Properties);
		const unlimited = mappings.filter(({ ScalingConfig }) => Object(ScalingConfig)["MaximumConcurrency"] === undefined);

		expect(entries(reserved.map(([id]) => id))).toEqual(Object.keys(reservedPercent).sort());
		expect([...functionGroups.api, ...functionGroups.lookups].sort()).toEqual(Object.keys(reservedPercent).sort());
		expect(unlimited).toEqual([]);
	});

	it("have a role each", () => {
		const roles = functions.map(([, { Properties }]) => referencesIn(Properties["Role"])[0]);

		expect(new Set(roles).size).toBe(functions.length);
	});

	it.each(functions.map(([id, fn]) => [entryOf(id), fn] as const))(
		"%s may do to tables and queues exactly what the permissions table allows",
		(entry, { Properties }) => {
			const [role = ""] = referencesIn(Properties["Role"]);
			const name = entry.replace(/^lambdas\/(.*)\.ts$/, "$1") as keyof typeof permissions;

			expect(allowedTo(role)).toEqual(written(permissions[name]));
		},
	);

	it.each(Object.values(samplePlan().functions))("$name has an environment of less than Lambda's 4 KB", ({ env }) => {
		expect(Buffer.byteLength(JSON.stringify(env))).toBeLessThan(4_096);
	});

	it("write metrics if they read messages, so that rows which cannot be read are counted", () => {
		const silent = Object.values(samplePlan().functions).filter(
			({ env }) => env["MESSAGES_TABLE"] !== undefined && env["METRICS_NAMESPACE"] !== "smsgw-sample",
		);

		expect(silent.map(({ name }) => name)).toEqual([]);
	});

	it("may create slot schedules and pass their role only if they park messages", () => {
		const actions = ["scheduler:CreateSchedule", "iam:PassRole"];
		const parkingActions = (roleId: string) => {
			const given = statementsOf(roleId).flatMap(({ Action }) => [Action].flat());
			return actions.filter((action) => given.includes(action));
		};

		for (const [id, { Properties }] of functions) {
			const name = entryOf(id).replace(/^lambdas\/(.*)\.ts$/, "$1") as keyof typeof permissions;
			const [role = ""] = referencesIn(Properties["Role"]);
			expect(parkingActions(role), name).toEqual("parks" in permissions[name] ? actions : []);
		}
		const [task] = resources("AWS::ECS::TaskDefinition");
		expect(parkingActions(referencesIn(task?.[1].Properties["TaskRoleArn"])[0] ?? "")).toEqual(actions);
	});

	it("have no permission on all resources; only ECR's authorization token has no resource", () => {
		const anywhere = resources("AWS::IAM::Policy").flatMap(([, { Properties }]) =>
			(Properties["PolicyDocument"] as { Statement: Statement[] }).Statement.filter(({ Resource }) => Resource === "*"),
		);

		expect(anywhere.map(({ Action }) => Action)).toEqual(["ecr:GetAuthorizationToken"]);
	});

	it("may send to account queues, matched by name prefix, only if they hand over reports (A47)", () => {
		for (const [id, { Properties }] of functions) {
			const [role = ""] = referencesIn(Properties["Role"]);
			const isReports = entryOf(id) === "lambdas/reports.ts";
			expect(accountQueueActions(role), entryOf(id)).toEqual(isReports ? ["sqs:SendMessage"] : []);
		}
		const [task] = resources("AWS::ECS::TaskDefinition");
		expect(accountQueueActions(referencesIn(task?.[1].Properties["TaskRoleArn"])[0] ?? "").toSorted()).toEqual([
			"sqs:ChangeMessageVisibility",
			"sqs:DeleteMessage",
			"sqs:ReceiveMessage",
		]);
	});

	it("give the reports function no access to password hashes", () => {
		const reports = functions.find(([id]) => entryOf(id) === "lambdas/reports.ts")?.[1];
		const [role = ""] = referencesIn(reports?.Properties["Role"]);

		expect(allowedTo(role)).not.toEqual([]);
		expect(allowedTo(role).join()).not.toContain("credentials");
	});

	it("give the secrets of webhooks to the reports function alone", () => {
		const roleOf = (properties: Readonly<Record<string, unknown>>, name: string) =>
			referencesIn(properties[name])[0] ?? "";
		const mayRead = functions.filter(([, { Properties }]) =>
			allowedTo(roleOf(Properties, "Role")).join().includes("webhook-secrets"),
		);
		const [task] = resources("AWS::ECS::TaskDefinition");

		expect(mayRead.map(([id]) => entryOf(id))).toEqual(["lambdas/reports.ts"]);
		expect(allowedTo(roleOf(task?.[1].Properties ?? {}, "TaskRoleArn")).join()).not.toContain("webhook-secrets");
	});
});

describe("the SMPP task of the template", () => {
	const [task] = resources("AWS::ECS::TaskDefinition");

	it("may do to tables and queues exactly what the permissions table allows", () => {
		const [role = ""] = referencesIn(task?.[1].Properties["TaskRoleArn"]);

		expect(allowedTo(role)).toEqual(written(permissions.smpp));
	});

	it("gets its passwords as a secret, never as plain text", () => {
		const containers = task?.[1].Properties["ContainerDefinitions"] as Record<string, { Name: string }[]>[] | undefined;
		const container = containers?.[0];

		expect(container?.["Secrets"]?.map(({ Name }) => Name)).toEqual(["SMSC_PASSWORDS", "MESSAGE_ID_KEY"]);
		expect(container?.["Environment"]?.map(({ Name }) => Name)).not.toContain("SMSC_PASSWORDS");
	});

	it("does not wait for CloudWatch Logs", () => {
		expect(task?.[1].Properties).toMatchObject({
			ContainerDefinitions: [
				{ LogConfiguration: { Options: { mode: "non-blocking", "max-buffer-size": "26214400b" } } },
			],
		});
	});

	it("runs on ARM and has 30 s to stop", () => {
		expect(task?.[1].Properties).toMatchObject({
			RuntimePlatform: { CpuArchitecture: "ARM64", OperatingSystemFamily: "LINUX" },
			ContainerDefinitions: [{ StopTimeout: 30 }],
		});
	});
});
