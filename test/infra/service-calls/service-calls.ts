import { metadataKeys } from "#infra/entries.ts";
import { type Permissions, permissions } from "#infra/permissions.ts";
import type { Stage } from "#infra/stage.ts";
import { account } from "#local/template/local-references.ts";
import { functionNameIn } from "#local/template/plan-compute.ts";
import { roleNameIn } from "#local/template/plan-roles.ts";
import { type References, resolve } from "#local/template/resolve.ts";
import type { Template } from "#local/template/template.ts";
import { searchIndexes } from "#shared/contracts/search-indexes.ts";
import { accountQueuesPrefix } from "#shared/domain/accounts/account-queue.ts";
import { lanes } from "#shared/domain/message/lanes.ts";
import { anywhere, type Caller, type RequiredGrant, type ServiceCall } from "./required-grant.ts";

const actions = ["AlarmActions", "OKActions", "InsufficientDataActions"] as const;

type Properties = Readonly<Record<string, unknown>>;

/**
 * Every call between two services that the template sets up, or that our code makes with what the template passes to
 * it.
 */
export function serviceCallsOf(template: Template, references: References, stage: Stage): readonly ServiceCall[] {
	/** With all properties, or only those of these names, which avoids resolving the others. */
	const resources = (type: string, names?: readonly string[]) =>
		Object.entries(template.Resources)
			.filter(([, { Type }]) => Type === type)
			.map(([id, { Properties, Metadata }]) => {
				const wanted = Object.entries(Properties).filter(([name]) => names?.includes(name) ?? true);
				return { id, properties: resolve(Object.fromEntries(wanted), references) as Properties, Metadata };
			});
	const arn = (service: string, resource: string) => `arn:aws:${service}:${stage.region}:${account}:${resource}`;
	const call = (
		caller: Caller,
		action: string,
		resource: string,
		context: Record<string, string> = {},
	): RequiredGrant => ({
		kind: "call",
		caller,
		permission: { action, resource, context: { "aws:SecureTransport": "true", ...context } },
	});
	const topics = resources("AWS::SNS::Topic").map(({ id }) => references.ref(id));
	const functions = new Map(
		resources("AWS::Lambda::Function").map((one) => {
			const entry = String(one.Metadata[metadataKeys.entry]).replace(/^.*\/(.*)\.ts$/, "$1");
			return [
				String(one.properties["FunctionName"]),
				{ ...one, entry, role: roleNameIn(String(one.properties["Role"])) },
			];
		}),
	);
	const functionOf = (reference: unknown) => {
		const found = functions.get(functionNameIn(String(reference)));
		if (found === undefined) throw new Error(`there is no function ${String(reference)}`);
		return found;
	};
	const stores = new Map(
		["AWS::DynamoDB::Table", "AWS::SQS::Queue"].flatMap((type) =>
			resources(type).map(({ id, Metadata }) => [
				`${type} ${String(Metadata[metadataKeys.role])}`,
				references.attribute(id, "Arn"),
			]),
		),
	);
	const storeArn = (type: "AWS::DynamoDB::Table" | "AWS::SQS::Queue", role: string) => {
		const found = stores.get(`${type} ${role}`);
		if (found === undefined) throw new Error(`there is no ${type} ${role}`);
		return found;
	};

	function alarms(): readonly ServiceCall[] {
		return resources("AWS::CloudWatch::Alarm", ["AlarmName", ...actions]).flatMap(({ properties }) => {
			const targets = actions.flatMap((name) => properties[name] ?? []);
			return targets
				.filter((target): target is string => topics.includes(String(target)))
				.map((to) => {
					const context = { "aws:SourceAccount": account };
					const required = call({ service: "cloudwatch.amazonaws.com" }, "sns:Publish", to, context);
					return { from: String(properties["AlarmName"]), to, requiredGrants: [required] };
				});
		});
	}

	/** Budgets and cost anomalies publish in their own name. */
	function costs(): readonly ServiceCall[] {
		const services = {
			"AWS::Budgets::Budget": "budgets.amazonaws.com",
			"AWS::CE::AnomalySubscription": "costalerts.amazonaws.com",
		};
		return Object.entries(services).flatMap(([type, service]) =>
			resources(type).flatMap(({ id, properties }) =>
				topics
					.filter((topic) => JSON.stringify(properties).includes(`"${topic}"`))
					.map((to) => {
						const required = call({ service }, "sns:Publish", to, { "aws:SourceAccount": account });
						return { from: id, to, requiredGrants: [required] };
					}),
			),
		);
	}

	function routes(): readonly ServiceCall[] {
		const integrations = new Map(
			resources("AWS::ApiGatewayV2::Integration").map(({ id, properties }) => [
				`integrations/${references.ref(id)}`,
				properties,
			]),
		);
		return resources("AWS::ApiGatewayV2::Route").map(({ properties }) => {
			const { ApiId, RouteKey, Target } = properties;
			const to = String(integrations.get(String(Target))?.["IntegrationUri"]);
			const path = RouteKey === "$default" ? "$default" : String(RouteKey).replace(" ", "");
			const context = { "aws:SourceArn": arn("execute-api", `${String(ApiId)}/$default/${path}`) };
			const required = call({ service: "apigateway.amazonaws.com" }, "lambda:InvokeFunction", to, context);
			return { from: String(RouteKey), to: functionOf(to).entry, requiredGrants: [required] };
		});
	}

	const byScheduler = (role: string, target: string): readonly RequiredGrant[] => [
		{ kind: "assume", service: "scheduler.amazonaws.com", role },
		call({ role }, target.startsWith("arn:aws:sqs:") ? "sqs:SendMessage" : "lambda:InvokeFunction", target),
	];

	function schedules(): readonly ServiceCall[] {
		return resources("AWS::Scheduler::Schedule").map(({ properties }) => {
			const { Arn, RoleArn } = properties["Target"] as { readonly Arn: string; readonly RoleArn: string };
			if (!Arn.startsWith("arn:aws:sqs:")) functionOf(Arn);
			return { from: String(properties["Name"]), to: Arn, requiredGrants: byScheduler(roleNameIn(RoleArn), Arn) };
		});
	}

	/**
	 * Functions that put rows into slots create schedules at run time, which call the check-due function in their own
	 * role.
	 */
	function slotSchedules(from: string, role: string, env: Readonly<Record<string, unknown>>): readonly ServiceCall[] {
		const [group, given, target] = ["SLOT_SCHEDULES_GROUP", "SLOT_SCHEDULES_ROLE_ARN", "CHECK_DUE_FUNCTION_ARN"].map(
			(name) => env[name],
		);
		if (given === undefined) return [];
		const groups = resources("AWS::Scheduler::ScheduleGroup").map(({ properties }) => properties["Name"]);
		if (!groups.includes(group)) throw new Error(`there is no schedule group ${String(group)}`);
		functionOf(target);
		const passes = { "iam:PassedToService": "scheduler.amazonaws.com" };
		const requiredGrants = [
			call({ role }, "scheduler:CreateSchedule", arn("scheduler", `schedule/${String(group)}/any`)),
			call({ role }, "iam:PassRole", String(given), passes),
			...byScheduler(roleNameIn(String(given)), String(target)),
		];
		return [{ from, to: "slot schedules", requiredGrants }];
	}

	function eventSources(): readonly ServiceCall[] {
		return resources("AWS::Lambda::EventSourceMapping").map(({ properties }) => {
			const queue = String(properties["EventSourceArn"]);
			const { role, entry } = functionOf(properties["FunctionName"]);
			const actions = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];
			return {
				from: queue,
				to: entry,
				requiredGrants: actions.map((action) => call({ role }, `sqs:${action}`, queue)),
			};
		});
	}

	function storesOf(
		from: string,
		role: string,
		{ tables, queues, accountQueues = [], searches = [] }: Permissions,
	): readonly ServiceCall[] {
		const names: Readonly<Record<string, readonly string[]>> = {
			lanes: lanes.map(({ name }) => `lane-${name}`),
			lanesDead: lanes.map(({ name }) => `lane-${name}-dead`),
		};
		const ofTables = Object.entries(tables).map(([to, actions]) => {
			const table = storeArn("AWS::DynamoDB::Table", to);
			return { from, to, requiredGrants: actions.map((action) => call({ role }, `dynamodb:${action}`, table)) };
		});
		const ofIndexes = Object.entries(searchIndexes)
			.filter(([, { table }]) => searches.includes(table))
			.map(([name, { table }]) => {
				const index = `${storeArn("AWS::DynamoDB::Table", table)}/index/${name}`;
				return { from, to: name, requiredGrants: [call({ role }, "dynamodb:Query", index)] };
			});
		const ofQueues = Object.entries(queues).flatMap(([to, actions]) =>
			(names[to] ?? [kebabCase(to)]).map((name) => {
				const queue = storeArn("AWS::SQS::Queue", name);
				return { from, to: name, requiredGrants: actions.map((action) => call({ role }, `sqs:${action}`, queue)) };
			}),
		);
		const queue = arn("sqs", `${accountQueuesPrefix(`smsgw-${stage.name}`)}any`);
		const ofAccounts = accountQueues.map((action) => call({ role }, `sqs:${action}`, queue));
		return [...ofTables, ...ofIndexes, ...ofQueues, { from, to: "accounts' queues", requiredGrants: ofAccounts }];
	}

	function functionsThemselves(): readonly ServiceCall[] {
		return [...functions.values()].flatMap(({ entry, role, properties }) => {
			const { Variables = {} } = (properties["Environment"] ?? {}) as { readonly Variables?: Properties };
			const groups =
				((properties["VpcConfig"] ?? {}) as { readonly SecurityGroupIds?: string[] }).SecurityGroupIds ?? [];
			const itself: readonly RequiredGrant[] = [
				{ kind: "assume", service: "lambda.amazonaws.com", role },
				{ kind: "managed", role, policy: "AWSLambdaBasicExecutionRole" },
				...(groups.length > 0 ? [{ kind: "managed", role, policy: "AWSLambdaVPCAccessExecutionRole" } as const] : []),
				...groups.map((group): RequiredGrant => ({ kind: "network", way: "out", group, peer: anywhere, port: 443 })),
			];
			return [
				{ from: "lambda", to: entry, requiredGrants: itself },
				...storesOf(entry, role, permissions[entry as keyof typeof permissions]),
				...slotSchedules(entry, role, Variables),
			];
		});
	}

	/** CodeDeploy moves the traffic of each function to its new version, and reads the alarms that stop it. */
	function releases(): readonly ServiceCall[] {
		return resources("AWS::CodeDeploy::DeploymentGroup").map(({ id, properties }) => {
			const role = roleNameIn(String(properties["ServiceRoleArn"]));
			const requiredGrants: readonly RequiredGrant[] = [
				{ kind: "assume", service: "codedeploy.amazonaws.com", role },
				{ kind: "managed", role, policy: "AWSCodeDeployRoleForLambdaLimited" },
			];
			return { from: "codedeploy", to: id, requiredGrants };
		});
	}

	type Container = {
		readonly Image: string;
		readonly Environment: readonly { readonly Name: string; readonly Value: string }[];
		readonly Secrets: readonly { readonly Name: string; readonly ValueFrom: string }[];
		readonly LogConfiguration: { readonly Options: Properties };
	};

	function task(): readonly ServiceCall[] {
		return resources("AWS::ECS::TaskDefinition").flatMap(({ properties }) => {
			const [role, puller] = [
				roleNameIn(String(properties["TaskRoleArn"])),
				roleNameIn(String(properties["ExecutionRoleArn"])),
			];
			const assumes = [role, puller].map(
				(one): RequiredGrant => ({ kind: "assume", service: "ecs-tasks.amazonaws.com", role: one }),
			);
			const [container] = properties["ContainerDefinitions"] as readonly [Container];
			const repository = arn("ecr", `repository/${container.Image.replace(/^[^/]+\//, "").replace(/:[^:]*$/, "")}`);
			const pulls = ["BatchCheckLayerAvailability", "GetDownloadUrlForLayer", "BatchGetImage"];
			const log = resources("AWS::Logs::LogGroup").find(
				({ id }) => references.ref(id) === container.LogConfiguration.Options["awslogs-group"],
			);
			const logArn = references.attribute(log?.id ?? "", "Arn");
			const starts = [
				call({ role: puller }, "ecr:GetAuthorizationToken", "*"),
				...pulls.map((action) => call({ role: puller }, `ecr:${action}`, repository)),
				...["CreateLogStream", "PutLogEvents"].map((action) => call({ role: puller }, `logs:${action}`, logArn)),
				...container.Secrets.map(({ ValueFrom }) => call({ role: puller }, "secretsmanager:GetSecretValue", ValueFrom)),
			];
			const env = Object.fromEntries(container.Environment.map(({ Name, Value }) => [Name, Value]));
			return [
				{ from: "ecs", to: "task", requiredGrants: [...assumes, ...starts] },
				...storesOf("task", role, permissions.smpp),
				...slotSchedules("task", role, env),
			];
		});
	}

	function network(): readonly ServiceCall[] {
		const balancers = new Map(
			resources("AWS::ElasticLoadBalancingV2::LoadBalancer").map((one) => [references.ref(one.id), one]),
		);
		const groupsOf = (balancer: string) => (balancers.get(balancer)?.properties["SecurityGroups"] ?? []) as string[];
		const targets = new Map(
			resources("AWS::ElasticLoadBalancingV2::TargetGroup").map((one) => [references.ref(one.id), one.properties]),
		);
		const services = resources("AWS::ECS::Service").map(({ properties }) => properties);
		const tasksOf = (target: string) =>
			services
				.filter(({ LoadBalancers }) =>
					(LoadBalancers as { TargetGroupArn: string }[]).some((one) => one.TargetGroupArn === target),
				)
				.flatMap(({ NetworkConfiguration }) => {
					const { AwsvpcConfiguration } = NetworkConfiguration as { AwsvpcConfiguration: { SecurityGroups: string[] } };
					return AwsvpcConfiguration.SecurityGroups;
				});
		const listeners = resources("AWS::ElasticLoadBalancingV2::Listener").map(({ id, properties }) => {
			const { LoadBalancerArn, Port, DefaultActions } = properties;
			const [{ TargetGroupArn }] = DefaultActions as readonly [{ readonly TargetGroupArn: string }];
			const { Port: port, HealthCheckPort } = targets.get(TargetGroupArn) ?? {};
			const requiredGrants = groupsOf(String(LoadBalancerArn)).flatMap((group): readonly RequiredGrant[] => [
				{ kind: "network", way: "in", group, peer: anywhere, port: Number(Port) },
				...tasksOf(TargetGroupArn).flatMap((tasks) =>
					[Number(port), Number(HealthCheckPort)].flatMap((one): readonly RequiredGrant[] => [
						{ kind: "network", way: "out", group, peer: tasks, port: one },
						{ kind: "network", way: "in", group: tasks, peer: group, port: one },
					]),
				),
			]);
			return { from: id, to: "task", requiredGrants };
		});
		const toOperators = [...targets.keys()]
			.flatMap(tasksOf)
			.flatMap((group) =>
				[443, ...Object.values(stage.operators).map((smsc) => smsc?.port ?? 0)].map(
					(port): RequiredGrant => ({ kind: "network", way: "out", group, peer: anywhere, port }),
				),
			);
		return [...listeners, { from: "task", to: "operators and AWS", requiredGrants: toOperators }];
	}

	return [
		...alarms(),
		...costs(),
		...routes(),
		...schedules(),
		...eventSources(),
		...functionsThemselves(),
		...releases(),
		...task(),
		...network(),
	];
}

const kebabCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
