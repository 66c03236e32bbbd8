import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { connectTo } from "#admin/doctor/connect.ts";
import { type GatewayCheckDeps, gatewayChecks } from "#admin/doctor/gateway-checks.ts";
import { runChecks } from "#admin/doctor/run-checks.ts";
import { covers, type StageCheckDeps, stageChecks } from "#admin/doctor/stage-checks.ts";
import { CommandError } from "#admin/errors.ts";
import { listen } from "#local/wire/listen.ts";
import { anAccount, mondayAtEleven } from "#test/fakes/builders.ts";

const day = 86_400_000;
const settings = {
	account: "111122223333",
	region: "eu-central-1",
	publicUrl: "https://sms.example.kz",
	certificateArn: "arn:certificate",
	operators: { kcell: {}, tele2: {} },
	quotas: {},
	searchIndex: true,
};

/** The answers of AWS for a stage that lacks nothing, by the first two words of the call. */
const healthy = {
	"sts get-caller-identity": { Account: "111122223333" },
	"service-quotas get-service-quota": { Quota: { Value: 10_000 } },
	"acm describe-certificate": {
		Certificate: {
			Status: "ISSUED",
			NotAfter: new Date(mondayAtEleven + 200 * day).toISOString(),
			SubjectAlternativeNames: ["*.example.kz"],
		},
	},
	"cloudformation describe-stacks": {
		Stacks: [
			{
				StackStatus: "UPDATE_COMPLETE",
				Outputs: [{ OutputKey: "apidomaintarget1", OutputValue: "d-1.execute-api.amazonaws.com" }],
			},
		],
	},
	"secretsmanager get-secret-value": { SecretString: '{"kcell":"hunter2","tele2":"hunter3"}' },
	"sns list-subscriptions-by-topic": {
		Subscriptions: [{ SubscriptionArn: "arn:aws:sns:1", Endpoint: "duty@example.kz" }],
	},
	"cloudwatch describe-alarms": {
		MetricAlarms: [{ AlarmName: "smsgw-prod-api-failing", StateValue: "OK", ActionsEnabled: true }],
	},
} as const;
type Call = keyof typeof healthy;

type Faults = {
	readonly answers?: Partial<Record<Call, unknown>>;
	readonly settings?: Partial<StageCheckDeps["settings"]>;
	readonly addresses?: Readonly<Record<string, readonly string[]>>;
};

async function lookAtStage({ answers = {}, settings: changed = {}, addresses }: Faults = {}) {
	const calls: string[][] = [];
	const known = addresses ?? { "sms.example.kz": ["203.0.113.1"], "d-1.execute-api.amazonaws.com": ["203.0.113.1"] };
	const deps: StageCheckDeps = {
		stageName: "prod",
		prefix: "smsgw-prod",
		settings: { ...settings, ...changed },
		async aws(...words) {
			calls.push([...words]);
			const answer = { ...healthy, ...answers }[words.slice(0, 2).join(" ") as Call];
			if (answer instanceof Error) throw answer;
			return answer;
		},
		addressesOf: async (name) => known[name] ?? Promise.reject(new Error("ENOTFOUND")),
		now: () => mondayAtEleven,
	};
	return { findings: await runChecks(stageChecks(deps)), calls };
}

const alarm = (AlarmName: string, StateValue: string, ActionsEnabled = true) => ({
	AlarmName: `smsgw-prod-${AlarmName}`,
	StateValue,
	ActionsEnabled,
});
const certificate = (parts: object) => ({
	"acm describe-certificate": { Certificate: { ...healthy["acm describe-certificate"].Certificate, ...parts } },
});

describe("smsgw doctor, of a stage", () => {
	it("finds nothing wrong with a stage that lacks nothing", async () => {
		const { findings } = await lookAtStage();

		expect(findings.filter(({ state }) => state !== "ok")).toEqual([]);
		expect(findings.length).toBe(12);
	});

	it.each<[string, Faults, string, string]>([
		[
			"credentials of another account",
			{ answers: { "sts get-caller-identity": { Account: "999900001111" } } },
			"these credentials are of 999900001111",
			"AWS_PROFILE",
		],
		[
			"a new account's concurrency",
			{ answers: { "service-quotas get-service-quota": { Quota: { Value: 10 } } }, settings: { quotas: { vpcs: 5 } } },
			"10 Lambda functions running at once, and the stage was synthesised for 1000",
			"request an increase of L-B99A9384",
		],
		[
			"a certificate that is not validated",
			{ answers: certificate({ Status: "PENDING_VALIDATION" }) },
			"PENDING_VALIDATION",
			"CNAME",
		],
		[
			"a certificate of another name",
			{ answers: certificate({ SubjectAlternativeNames: ["example.kz"] }) },
			"it is for example.kz, not for sms.example.kz",
			"create one for sms.example.kz",
		],
		[
			"a certificate that expires, its time in seconds",
			{ answers: certificate({ NotAfter: (mondayAtEleven + 9 * day) / 1_000 }) },
			"expires in 9 days",
			"restore the CNAME",
		],
		[
			"a deployment that was rolled back",
			{ answers: { "cloudformation describe-stacks": { Stacks: [{ StackStatus: "UPDATE_ROLLBACK_COMPLETE" }] } } },
			"UPDATE_ROLLBACK_COMPLETE",
			"npx cdk deploy Smsgw-prod-gateway",
		],
		[
			"a name without an address",
			{ addresses: { "d-1.execute-api.amazonaws.com": ["203.0.113.1"] } },
			"sms.example.kz has no address",
			"CNAME from sms.example.kz to d-1.execute-api.amazonaws.com",
		],
		[
			"a name of another server",
			{ addresses: { "sms.example.kz": ["198.51.100.9"], "d-1.execute-api.amazonaws.com": ["203.0.113.1"] } },
			"sms.example.kz is 198.51.100.9, which is not the API",
			"CNAME",
		],
		[
			"an operator without a password",
			{ answers: { "secretsmanager get-secret-value": { SecretString: '{"kcell":"hunter2"}' } } },
			"no password of tele2",
			"smsgw-prod-smsc-passwords",
		],
		[
			"passwords that are not filled in",
			{ answers: { "secretsmanager get-secret-value": { SecretString: "{}" } } },
			"no password of kcell, tele2",
			"restart the tasks",
		],
		[
			"passwords that are no JSON",
			{ answers: { "secretsmanager get-secret-value": { SecretString: "hunter2" } } },
			"is not a JSON object",
			"smsgw-prod-smsc-passwords",
		],
		[
			"a mail address that did not confirm",
			{
				answers: {
					"sns list-subscriptions-by-topic": {
						Subscriptions: [{ SubscriptionArn: "PendingConfirmation", Endpoint: "duty@example.kz" }],
					},
				},
			},
			"not confirmed by duty@example.kz",
			"link in the mail",
		],
		[
			"alarms without an address",
			{ answers: { "sns list-subscriptions-by-topic": { Subscriptions: [] } } },
			"no address gets the alarms",
			"alarmAddress",
		],
		[
			"an alarm in state ALARM",
			{ answers: { "cloudwatch describe-alarms": { MetricAlarms: [alarm("operator-unbound-kcell", "ALARM")] } } },
			"in ALARM: operator-unbound-kcell",
			"docs/runbook.md",
		],
		[
			"an alarm whose actions are disabled",
			{ answers: { "cloudwatch describe-alarms": { MetricAlarms: [alarm("task-gone", "OK", false)] } } },
			"actions disabled: task-gone",
			"enable-alarm-actions",
		],
		["no alarms", { answers: { "cloudwatch describe-alarms": { MetricAlarms: [] } } }, "there are no alarms", "deploy"],
	])("finds %s, and says what to do", async (_, faults, detail, todo) => {
		const { findings } = await lookAtStage(faults);

		const bad = findings.filter(({ state }) => state === "wrong");
		expect(bad.map((one) => one.detail).join("; ")).toContain(detail);
		expect(bad.map((one) => one.todo).join("; ")).toContain(todo);
		expect(JSON.stringify(findings)).not.toContain("hunter");
	});

	it("says what it could not check, and checks the rest", async () => {
		const denied = new CommandError("aws acm describe-certificate: AccessDenied");

		const { findings } = await lookAtStage({
			answers: { "acm describe-certificate": denied, "sts get-caller-identity": { unexpected: true } },
		});

		const bad = findings.filter(({ state }) => state !== "ok");
		expect(bad.map(({ check, state }) => [check, state])).toEqual([
			["account", "unknown"],
			["certificate", "unknown"],
		]);
		expect(bad[1]?.detail).toContain("AccessDenied");
	});

	it("calls nothing that changes anything", async () => {
		const { calls } = await lookAtStage();

		expect(calls.filter(([, action]) => !/^(get|describe|list)-/.test(action ?? ""))).toEqual([]);
	});

	it.each([
		["*.example.kz", "sms.example.kz", true],
		["sms.example.kz", "SMS.example.kz", true],
		["*.example.kz", "example.kz", false],
		["*.example.kz", "a.sms.example.kz", false],
		["*.kz", "sms.example.kz", false],
		["example.kz", "sms.example.kz", false],
	])("knows whether a certificate of %s covers %s: %s", (name, host, expected) => {
		expect(covers(name, host)).toBe(expected);
	});
});

const webhookAt = (url: string) => ({ url, ack: "document", reports: "final" }) as const;

async function lookAtGateway(faults: Partial<GatewayCheckDeps> = {}) {
	const deps: GatewayCheckDeps = {
		apiUrl: "https://sms.example.kz/app/smsgw/rest/v2",
		get: async () => ({ status: 200, date: new Date(mondayAtEleven).toUTCString() }),
		now: () => mondayAtEleven,
		binds: async () => [
			{ operator: "kcell", up: 4, of: 4 },
			{ operator: "tele2", up: 1, of: 2 },
		],
		pausedOperators: async () => new Set(),
		accounts: async () => [anAccount()],
		accountsHoldingSecrets: async () => [],
		connect: async () => undefined,
		...faults,
	};
	return await runChecks(gatewayChecks(deps));
}

const refuse = async () => await Promise.reject(new Error("ECONNREFUSED"));

describe("smsgw doctor, of a gateway", () => {
	it("finds nothing wrong with a gateway that works", async () => {
		const findings = await lookAtGateway();

		expect(findings.map(({ check, state }) => `${check} ${state}`)).toEqual([
			"API ok",
			"clock ok",
			"binds ok",
			"paused operators ok",
			"webhooks ok",
			"senders ok",
			"webhook secrets ok",
		]);
	});

	it.each<[string, Partial<GatewayCheckDeps>, string, string, string]>([
		["an API that fails", { get: async () => ({ status: 503, date: null }) }, "API", ": 503", "get-openapi"],
		["an API that does not answer", { get: refuse }, "API", "ECONNREFUSED", "DNS"],
		["a clock that is slow", { now: () => mondayAtEleven - 61_000 }, "clock", "61 s behind", "timedatectl"],
		["a clock that is fast", { now: () => mondayAtEleven + 400_000 }, "clock", "400 s ahead", "timedatectl"],
		[
			"an operator without a bind",
			{ binds: async () => [{ operator: "kcell", up: 0, of: 4 }] },
			"binds",
			"no bind of kcell is up",
			"operator-unbound",
		],
		[
			"a paused operator",
			{ pausedOperators: async () => new Set(["kcell"]) },
			"paused operators",
			"nothing is sent to kcell",
			"smsgw operators resume kcell",
		],
		[
			"a webhook that refuses connections, without its password",
			{
				accounts: async () => [anAccount({ userName: "acme", webhook: webhookAt("https://me:hunter2@x.kz/") })],
				connect: refuse,
			},
			"webhooks",
			"acme (https://***@x.kz/: ECONNREFUSED)",
			"ask the client",
		],
		[
			"a sender that no SMSC carries",
			{
				accounts: async () => [
					anAccount({
						userName: "acme",
						senders: [{ name: "Очень", defaultTimeBounds: null, allowedTimeBounds: null }],
					}),
				],
			},
			"senders",
			'acme "Очень"',
			"remove them",
		],
		[
			"secrets where every API function can read them",
			{ accountsHoldingSecrets: async () => ["acme", "kaspi"] },
			"webhook secrets",
			"those of acme, kaspi",
			"accounts webhook set",
		],
	])("finds %s, and says what to do", async (_, faults, check, detail, todo) => {
		const found = (await lookAtGateway(faults)).find((one) => one.check === check);

		expect(found).toMatchObject({ state: "wrong" });
		expect(found?.detail).toContain(detail);
		expect(found?.todo).toContain(todo);
		expect(JSON.stringify(found)).not.toContain("hunter2");
	});

	it("does not ask for binds of a paused operator, nor for webhooks of disabled accounts", async () => {
		const findings = await lookAtGateway({
			binds: async () => [{ operator: "kcell", up: 0, of: 4 }],
			pausedOperators: async () => new Set(["kcell"]),
			accounts: async () => [anAccount({ disabled: true })],
			connect: refuse,
		});

		expect(findings.filter(({ state }) => state === "wrong").map(({ check }) => check)).toEqual(["paused operators"]);
	});
});

describe("a connection to a webhook", () => {
	it("is tried, without a request", async () => {
		const requests: unknown[] = [];
		const server = createServer((request) => requests.push(request));
		const port = await listen(server, 0);

		await connectTo(`http://127.0.0.1:${port}/x`);
		await expect(connectTo(`https://127.0.0.1:${port}/x`)).rejects.toThrow();
		server.close();

		await expect(connectTo(`http://127.0.0.1:${port}/x`)).rejects.toThrow("ECONNREFUSED");
		expect(requests).toEqual([]);
	});
});
