import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entries } from "#infra/entries.ts";
import { awsEnv } from "#local/aws-env.ts";
import { createResources, type EngineUrls } from "#local/engines/create-resources.ts";
import { openDynamoDb } from "#local/engines/dynamodb/open-dynamodb.ts";
import { openSqs } from "#local/engines/sqs/open-sqs.ts";
import { openFunction } from "#local/lambdas/open-function.ts";
import { localRegion, localStage } from "#local/local-stage.ts";
import type { AwsService, Roles } from "#local/permissions/denied-permission.ts";
import { guardOf } from "#local/permissions/guard.ts";
import type { Permission, Statement } from "#local/permissions/policy.ts";
import { openScheduler } from "#local/scheduler/open-scheduler.ts";
import { demoShortCodes, seed } from "#local/seed.ts";
import { localReferences } from "#local/template/local-references.ts";
import { generateSecrets } from "#local/template/secrets.ts";
import { type StackPlan, stackPlanFrom } from "#local/template/stack-plan.ts";
import { synthesise } from "#local/template/synthesise.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { anHttpEvent, basic } from "#test/fakes/http-events.ts";

/** The post-message function against engines with guards. Its role changes while the engines run. */
const name = "smsgw-local-post-message";
let roles: Roles = {};
let refused: Permission[] = [];
let urls: EngineUrls;
let plan: StackPlan;
const slotMs = 900_000;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
	const guardFor = (service: AwsService) =>
		guardOf({
			service,
			region: localRegion,
			roles: () => roles,
			onDenied: (_, permission) => refused.push(permission),
		});
	const folder = mkdtempSync(join(tmpdir(), "smsgw-dynamodb-"));
	const dynamo = await openDynamoDb({
		folder,
		isDurable: false,
		onBroken: (error) => expect.fail(String(error)),
		log: () => undefined,
		guard: guardFor("dynamodb"),
	});
	const queues = await openSqs({ region: localRegion, log: () => undefined, guard: guardFor("sqs") });
	const arnPrefix = `arn:aws:scheduler:${localRegion}:000000000000`;
	const scheduler = await openScheduler(0, async () => undefined, arnPrefix, { guard: guardFor("scheduler") });
	closers.push(
		() => dynamo.close(),
		() => rmSync(folder, { recursive: true }),
		() => queues.close(),
		() => scheduler.close(),
	);
	urls = { dynamodb: dynamo.url, sqs: queues.url, scheduler: scheduler.url };
	const operatorPorts = { beeline: 1, kcell: 1, altel: 1, tele2: 1 };
	const template = synthesise(localStage({ httpPort: 1, operatorPorts, given: {}, changes: {} }), entries);
	const secrets = generateSecrets(template, localRegion, {});
	plan = stackPlanFrom(template, localReferences(template, { region: localRegion, sqsUrl: urls.sqs, secrets }));
	await createResources(plan, urls, localRegion);
	await seed(
		plan,
		urls,
		{ region: localRegion, prefix: "smsgw-local" },
		{
			shortCodes: demoShortCodes,
			accounts: [
				{
					account: {
						user_name: "counted",
						senders: [{ name: "SMSGW" }],
						limits: { messages_per_day: 1_000_000 },
						default_time_bounds: "full",
					},
					password: "counted",
				},
			],
		},
	);
});

afterAll(async () => {
	for (const close of closers) await close();
});

/** Posts an immediate and a scheduled message with a freshly started function; returns what was denied. */
async function postTwoMessages(
	changed: (role: readonly Statement[]) => readonly Statement[],
): Promise<readonly Permission[]> {
	const post = plan.functions[name] ?? expect.fail(name);
	roles = { ...plan.roles, [post.role]: changed(plan.roles[post.role] ?? []) };
	refused = [];
	const openedFunction = openFunction(post, awsEnv(urls, localRegion));
	const later = almatyText(Math.ceil(Date.now() / slotMs) * slotMs + 4 * slotMs);
	for (const schedule of [undefined, later]) {
		const body = { client_message_id: crypto.randomUUID(), sender: "SMSGW", recipient: "77010000000", schedule };
		const headers = { authorization: basic("counted:counted"), "content-type": "application/json" };
		const event = anHttpEvent({ headers, body: JSON.stringify({ ...body, message_text: "test" }) });
		const outcome = await openedFunction.invoke(JSON.stringify(event));
		if (refused.length === 0) expect(outcome).toMatchObject({ payload: expect.stringContaining('"statusCode":201') });
	}
	await openedFunction.close();
	return refused;
}

/** A role without one permission: every other pair of action and resource stays. */
function roleWithout(role: readonly Statement[], action: string, resource: RegExp): readonly Statement[] {
	const single = role.flatMap((one) =>
		one.Action.flatMap((Action) =>
			one.Resource.map((Resource) => ({ ...one, Action: [Action], Resource: [Resource] })),
		),
	);
	const left = single.filter(({ Action, Resource }) => Action[0] !== action || !resource.test(String(Resource[0])));
	expect(left.length).toBeLessThan(single.length);
	return left;
}

describe("the post-message function", () => {
	it("makes no call that its role does not allow", async () => {
		expect(await postTwoMessages((role) => role)).toEqual([]);
	});

	it.each([
		["dynamodb:GetItem", /table\/smsgw-local-accounts$/],
		["dynamodb:GetItem", /table\/smsgw-local-credentials$/],
		["dynamodb:UpdateItem", /table\/smsgw-local-limits$/],
		["dynamodb:BatchGetItem", /table\/smsgw-local-numbers$/],
		["dynamodb:PartiQLInsert", /table\/smsgw-local-messages$/],
		["dynamodb:BatchWriteItem", /table\/smsgw-local-slots$/],
		["sqs:SendMessage", /:smsgw-local-lane-/],
		["scheduler:CreateSchedule", /schedule\/smsgw-local-slots\//],
		["iam:PassRole", /:role\//],
	])("is denied without its permission to %s on %s", async (action, resource) => {
		const found = await postTwoMessages((role) => roleWithout(role, action, resource));

		expect(found).toContainEqual(expect.objectContaining({ action, resource: expect.stringMatching(resource) }));
	});
});
