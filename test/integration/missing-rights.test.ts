import { closeSync, openSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entries } from "#infra/entries.ts";
import { awsEnv } from "#local/aws-env.ts";
import { type Engines, furnish } from "#local/engines/furnish.ts";
import { openQueues } from "#local/engines/open-queues.ts";
import { startDynamo } from "#local/engines/start-dynamo.ts";
import { openFunction } from "#local/lambdas/open-function.ts";
import { localRegion, localStage } from "#local/local-stage.ts";
import type { Roles } from "#local/permissions/judge.ts";
import { openGuard } from "#local/permissions/open-guard.ts";
import type { Ask, Statement } from "#local/permissions/policy.ts";
import { openScheduler } from "#local/scheduler/open-scheduler.ts";
import { seed } from "#local/seed.ts";
import { localWorld } from "#local/template/local-world.ts";
import { type Plan, planFrom } from "#local/template/plan.ts";
import { drawSecrets } from "#local/template/secrets.ts";
import { synthesise } from "#local/template/synthesise.ts";
import { almatyText } from "#shared/domain/almaty-time.ts";
import { anHttpEvent, basic } from "#test/fakes/http-events.ts";

/** The function that takes a message in, in front of the guarded engines alone: its role is changed while they stand. */
const name = "smsgw-local-post-message";
let roles: Roles = {};
let refused: Ask[] = [];
let urls: Engines;
let plan: Plan;
const slotMs = 900_000;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
	const log = openSync("/dev/null", "w");
	const dynamo = await startDynamo("", log);
	const queues = await openQueues(localRegion);
	const scheduler = await openScheduler(0, async () => undefined, `arn:aws:scheduler:${localRegion}:000000000000`);
	closers.push(
		() => dynamo.kill(),
		() => closeSync(log),
		() => queues.close(),
		() => scheduler.close(),
	);
	const guarded = async (service: keyof Engines, engine: string) => {
		const guard = await openGuard({
			service,
			engine,
			region: localRegion,
			roles: () => roles,
			refused: (_, ask) => refused.push(ask),
		});
		closers.unshift(() => guard.close());
		return guard.url;
	};
	urls = {
		dynamodb: await guarded("dynamodb", dynamo.url),
		sqs: await guarded("sqs", queues.url),
		scheduler: await guarded("scheduler", scheduler.url),
	};
	const operatorPorts = { beeline: 1, kcell: 1, altel: 1, tele2: 1 };
	const template = synthesise(localStage({ httpPort: 1, operatorPorts, given: {}, changes: {} }), entries);
	const secrets = drawSecrets(template, localRegion, {});
	plan = planFrom(template, localWorld(template, { region: localRegion, sqsUrl: urls.sqs, secrets }));
	await furnish(plan, urls, localRegion);
	await seed(plan, urls, { region: localRegion, prefix: "smsgw-local" }, [
		{
			account: {
				user_name: "counted",
				senders: [{ name: "SMSGW" }],
				limits: { messages_per_day: 1_000_000 },
				default_time_bounds: "full",
			},
			password: "counted",
		},
	]);
});

afterAll(async () => {
	for (const close of closers) await close();
});

/** One message for now and one for later, by a function that has just been started and believes nothing yet. */
async function twoMessages(changed: (role: readonly Statement[]) => readonly Statement[]): Promise<readonly Ask[]> {
	const post = plan.functions[name] ?? expect.fail(name);
	roles = { ...plan.roles, [post.role]: changed(plan.roles[post.role] ?? []) };
	refused = [];
	const door = await openFunction(post, awsEnv(urls, localRegion));
	const later = almatyText(Math.ceil(Date.now() / slotMs) * slotMs + 4 * slotMs);
	for (const schedule of [undefined, later]) {
		const body = { client_message_id: crypto.randomUUID(), sender: "SMSGW", recipient: "77010000000", schedule };
		const headers = { authorization: basic("counted:counted"), "content-type": "application/json" };
		const event = anHttpEvent({ headers, body: JSON.stringify({ ...body, message_text: "test" }) });
		const outcome = await door.invoke(JSON.stringify(event));
		if (refused.length === 0) expect(outcome).toMatchObject({ payload: expect.stringContaining('"statusCode":201') });
	}
	await door.close();
	return refused;
}

/** A role without one right: every other action on every other resource stays. */
function without(role: readonly Statement[], action: string, resource: RegExp): readonly Statement[] {
	const single = role.flatMap((one) =>
		one.Action.flatMap((Action) =>
			one.Resource.map((Resource) => ({ ...one, Action: [Action], Resource: [Resource] })),
		),
	);
	const left = single.filter(({ Action, Resource }) => Action[0] !== action || !resource.test(String(Resource[0])));
	expect(left.length).toBeLessThan(single.length);
	return left;
}

describe("the function that takes a message in", () => {
	it("asks for nothing that its role does not allow", async () => {
		expect(await twoMessages((role) => role)).toEqual([]);
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
	])("is refused without its right to %s on %s", async (action, resource) => {
		const found = await twoMessages((role) => without(role, action, resource));

		expect(found).toContainEqual(expect.objectContaining({ action, resource: expect.stringMatching(resource) }));
	});
});
