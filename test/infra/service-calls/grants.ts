import * as z from "zod";
import { allows, type Permission, type Statement, statement } from "#local/permissions/policy.ts";
import { account } from "#local/template/local-references.ts";
import { type References, resolve } from "#local/template/resolve.ts";
import type { Resource, Template } from "#local/template/template.ts";
import { anywhere, type Caller, type RequiredGrant } from "./required-grant.ts";

type Principal = "*" | { readonly AWS?: string | readonly string[]; readonly Service?: string | readonly string[] };
type OwnStatement = { readonly principal: Principal | undefined; readonly statement: Statement };
type Policies = readonly { readonly ids: readonly string[]; readonly statements: readonly OwnStatement[] }[];

const document = z.object({ Statement: z.array(z.looseObject({ Principal: z.unknown().optional() })) });

/** What a template grants, as a test of a required grant. Resources are resolved once, even across many templates. */
export function grantsIn(references: References) {
	const resolved = new WeakMap<Resource, Readonly<Record<string, unknown>>>();

	function propertiesOf(resource: Resource): Readonly<Record<string, unknown>> {
		const known = resolved.get(resource);
		if (known) return known;
		const properties = resolve(resource.Properties, references) as Record<string, unknown>;
		resolved.set(resource, properties);
		return properties;
	}

	return (template: Template): ((required: RequiredGrant) => boolean) => {
		const of = (type: string) =>
			Object.entries(template.Resources)
				.filter(([, { Type }]) => Type === type)
				.map(([id, resource]) => [id, propertiesOf(resource)] as const);
		const roles = new Map(of("AWS::IAM::Role").map(([id, properties]) => [references.ref(id), properties]));
		const identity = Map.groupBy(
			of("AWS::IAM::Policy").flatMap(([, { Roles, PolicyDocument }]) =>
				(Roles as string[]).map((role) => ({ role, statements: statementsIn(PolicyDocument) })),
			),
			({ role }) => role,
		);
		const own: Policies = [
			...of("AWS::SQS::QueuePolicy").map(([, { Queues, PolicyDocument }]) => ({
				ids: (Queues as string[]).map(arnOfQueue),
				statements: statementsIn(PolicyDocument),
			})),
			...of("AWS::SNS::TopicPolicy").map(([, { Topics, PolicyDocument }]) => ({
				ids: Topics as string[],
				statements: statementsIn(PolicyDocument),
			})),
			...of("AWS::Lambda::Permission").map(([, permission]) => lambdaPolicy(permission)),
		];
		const keys = new Map(of("AWS::KMS::Key").map(([id, { KeyPolicy }]) => [id, statementsIn(KeyPolicy)]));
		const keyOf = keysByResource(template, references);
		const rules = [...groupRules(of("AWS::EC2::SecurityGroup"), references), ...looseRules(of)];

		const identityOf = (caller: Caller) =>
			"role" in caller
				? (identity.get(caller.role) ?? []).flatMap((one) => one.statements.map((each) => each.statement))
				: [];

		function mayCall(caller: Caller, permission: Permission): boolean {
			const applicable = own
				.filter(({ ids }) => ids.includes(permission.resource))
				.flatMap(({ statements }) => statements);
			const theirs = applicable.filter(({ principal }) => isMeant(principal, caller)).map((one) => one.statement);
			/* Within an account either policy may allow; a Deny of either decides. A service has no policy. */
			return allows([...identityOf(caller), ...theirs], permission) && mayUseKey(caller, permission);
		}

		function mayUseKey(caller: Caller, { action, resource, context }: Permission): boolean {
			const key = keyOf.get(resource);
			if (key === undefined) return true;
			const policy = keys.get(key);
			/* A key of AWS, such as alias/aws/sns, admits no other service; any other key is unknown. */
			if (policy === undefined) return false;
			return keyActions(action).every((wanted) => {
				const permission = { action: wanted, resource: "*", ...(context && { context }) };
				const direct = policy.filter(({ principal }) => isMeant(principal, caller)).map((one) => one.statement);
				const toAccount = policy.filter(({ principal }) => isAccount(principal)).map((one) => one.statement);
				const byIdentity =
					"role" in caller &&
					allows(toAccount, permission) &&
					allows(identityOf(caller), { ...permission, resource: `${key}.Arn` });
				return allows(direct, permission) || byIdentity;
			});
		}

		return (required) => {
			switch (required.kind) {
				case "call":
					return mayCall(required.caller, required.permission);
				case "assume": {
					const trust = statementsIn(roles.get(required.role)?.["AssumeRolePolicyDocument"], { Resource: "*" });
					const meant = trust.filter(({ principal }) => isMeant(principal, { service: required.service }));
					return allows(
						meant.map((one) => one.statement),
						{ action: "sts:AssumeRole", resource: required.role },
					);
				}
				case "managed":
					return ((roles.get(required.role)?.["ManagedPolicyArns"] ?? []) as string[]).some((arn) =>
						arn.endsWith(`/${required.policy}`),
					);
				case "network":
					return rules.some(
						(rule) =>
							rule.way === required.way &&
							rule.group === required.group &&
							(rule.peer === required.peer || rule.peer === anywhere) &&
							rule.from <= required.port &&
							required.port <= rule.to,
					);
			}
		};
	};
}

function statementsIn(policy: unknown, added: object = {}): readonly OwnStatement[] {
	if (policy === undefined) return [];
	return document.parse(policy).Statement.map(({ Principal, ...rest }) => ({
		principal: Principal as Principal | undefined,
		statement: statement.parse({ ...rest, ...added }),
	}));
}

function isMeant(principal: Principal | undefined, caller: Caller): boolean {
	if (principal === "*") return true;
	const arns = [principal?.AWS ?? []].flat();
	if ("service" in caller) return arns.includes("*") || [principal?.Service ?? []].flat().includes(caller.service);
	return arns.some((arn) => arn === "*" || arn.endsWith(`:role/${caller.role}`));
}

/** Whether the principal is the whole account: then the caller needs its own permission too. */
function isAccount(principal: Principal | undefined): boolean {
	return principal !== "*" && [principal?.AWS ?? []].flat().includes(`arn:aws:iam::${account}:root`);
}

/** What a caller also needs on the encryption key. */
function keyActions(action: string): readonly string[] {
	const writes = /SendMessage|Publish/.test(action);
	return writes ? ["kms:GenerateDataKey", "kms:Decrypt"] : ["kms:Decrypt"];
}

const keyProperties = ["KmsMasterKeyId", "KmsKeyId"] as const;

/** The customer managed key of each encrypted resource, by the name that calls use. */
function keysByResource(template: Template, references: References): ReadonlyMap<string, string> {
	const found = Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
		const sse = Properties["SSESpecification"] as { readonly KMSMasterKeyId?: unknown } | undefined;
		const key =
			keyProperties.map((name) => Properties[name]).find((value) => value !== undefined) ?? sse?.KMSMasterKeyId;
		if (key === undefined) return [];
		const name =
			Type === "AWS::SNS::Topic" || Type === "AWS::SecretsManager::Secret"
				? references.ref(id)
				: references.attribute(id, "Arn");
		return [[name, String(resolve(key, references)).replace(/\.Arn$/, "")] as const];
	});
	return new Map(found);
}

function arnOfQueue(url: string): string {
	const region = /sqs\.([a-z0-9-]+)\./.exec(url)?.[1] ?? "";
	return `arn:aws:sqs:${region}:${account}:${url.split("/").at(-1)}`;
}

/** A Lambda permission, as a statement of its function's policy. */
function lambdaPolicy({
	Action,
	FunctionName,
	Principal,
	SourceArn,
}: Readonly<Record<string, unknown>>): Policies[number] {
	const Condition = SourceArn === undefined ? {} : { ArnLike: { "aws:SourceArn": SourceArn } };
	const Resource = String(FunctionName);
	const one = statement.parse({ Effect: "Allow", Action, Resource, Condition });
	return { ids: [Resource], statements: [{ principal: { Service: String(Principal) }, statement: one }] };
}

type Rule = {
	readonly way: "in" | "out";
	readonly group: string;
	readonly peer: string;
	readonly from: number;
	readonly to: number;
};
type Found = readonly (readonly [string, Readonly<Record<string, unknown>>])[];

function groupRules(groups: Found, references: References): readonly Rule[] {
	return groups.flatMap(([id, properties]) => {
		const group = references.attribute(id, "GroupId");
		const of = (way: Rule["way"], name: string) =>
			((properties[name] ?? []) as Record<string, unknown>[]).map((rule) => ruleOf(way, { ...rule, GroupId: group }));
		return [...of("in", "SecurityGroupIngress"), ...of("out", "SecurityGroupEgress")];
	});
}

function looseRules(of: (type: string) => Found): readonly Rule[] {
	return [
		...of("AWS::EC2::SecurityGroupIngress").map(([, rule]) => ruleOf("in", rule)),
		...of("AWS::EC2::SecurityGroupEgress").map(([, rule]) => ruleOf("out", rule)),
	];
}

function ruleOf(way: Rule["way"], rule: Readonly<Record<string, unknown>>): Rule {
	const all = rule["IpProtocol"] === "-1";
	return {
		way,
		group: String(rule["GroupId"]),
		peer: String(rule["CidrIp"] ?? rule["SourceSecurityGroupId"] ?? rule["DestinationSecurityGroupId"]),
		from: all ? 0 : Number(rule["FromPort"]),
		to: all ? 65_535 : Number(rule["ToPort"]),
	};
}
