import * as z from "zod";
import { smscPasswords } from "#shared/contracts/smscs.ts";
import { awsQuotas } from "#shared/domain/aws-quotas.ts";
import type { StageSettings } from "../stage-settings.ts";
import type { AwsCli } from "./aws-cli.ts";
import { type Check, type Finding, ok, wrong } from "./finding.ts";

export type StageCheckDeps = {
	readonly stageName: string;
	/** Of all names of the stage's resources. */
	readonly prefix: string;
	readonly settings: StageSettings;
	readonly aws: AwsCli;
	readonly addressesOf: (name: string) => Promise<readonly string[]>;
	readonly now: () => number;
};

/** Quotas that new accounts have less of than a stage needs. */
const checkedQuotas = [
	["lambdaConcurrency", "lambda"],
	["elasticIps", "ec2"],
	["vpcs", "vpc"],
	["fargateVcpus", "fargate"],
	["apiRequestsPerSecond", "apigateway"],
] as const;

export function stageChecks(deps: StageCheckDeps): readonly Check[] {
	return [
		{ name: "account", run: () => checkAccount(deps) },
		...checkedQuotas.map(([quota, service]) => ({
			name: `quota ${quota}`,
			run: () => checkQuota(deps, quota, service),
		})),
		{ name: "certificate", run: () => checkCertificate(deps) },
		{ name: "deployment", run: () => checkDeployment(deps) },
		{ name: "DNS", run: () => checkDns(deps) },
		{ name: "SMSC passwords", run: () => checkPasswords(deps) },
		{ name: "alarm mails", run: () => checkSubscriptions(deps) },
		{ name: "alarms", run: () => checkAlarms(deps) },
	];
}

const identity = z.object({ Account: z.string() });

export async function checkAccount({ aws, settings: { account } }: StageCheckDeps): Promise<Finding> {
	const { Account } = identity.parse(await aws("sts", "get-caller-identity"));
	if (Account === account) return ok(account);
	return wrong(
		`these credentials are of ${Account}, the stage is in ${account}`,
		"set AWS_PROFILE to one of that account",
	);
}

const quotaAnswer = z.object({ Quota: z.object({ Value: z.number() }) });

export async function checkQuota(
	{ aws, settings }: StageCheckDeps,
	name: (typeof checkedQuotas)[number][0],
	service: string,
): Promise<Finding> {
	const { what, allowed, code } = awsQuotas[name];
	const assumed = settings.quotas[name] ?? allowed;
	const words = ["--service-code", service, "--quota-code", code];
	const { Quota } = quotaAnswer.parse(await aws("service-quotas", "get-service-quota", ...words));
	if (Quota.Value >= assumed) return ok(`${Quota.Value} ${what}`);
	return wrong(
		`${Quota.Value} ${what}, and the stage was synthesised for ${assumed}`,
		`request an increase of ${code} in Service Quotas; until then set quotas.${name} to ${Quota.Value} and run npx cdk synth`,
	);
}

const certificateAnswer = z.object({
	Certificate: z.object({
		Status: z.string(),
		NotAfter: z.union([z.string(), z.number()]).optional(),
		SubjectAlternativeNames: z.array(z.string()).default([]),
		RenewalEligibility: z.string().optional(),
	}),
});
const renewalDays = 30;

export async function checkCertificate({ aws, settings, now }: StageCheckDeps): Promise<Finding> {
	const { certificateArn, publicUrl } = settings;
	const { protocol, hostname } = new URL(publicUrl);
	if (certificateArn === undefined) {
		if (protocol === "http:") return ok("publicUrl is http: none is needed");
		return wrong("the stage has no certificateArn", "create a certificate in ACM and set certificateArn");
	}
	const answer = await aws("acm", "describe-certificate", "--certificate-arn", certificateArn);
	const { Status, NotAfter, SubjectAlternativeNames: names } = certificateAnswer.parse(answer).Certificate;
	if (Status !== "ISSUED")
		return wrong(`its status is ${Status}`, "create the CNAME that ACM shows, and wait until it is issued");
	if (!names.some((name) => covers(name, hostname)))
		return wrong(
			`it is for ${names.join(", ")}, not for ${hostname}`,
			`create one for ${hostname} and set certificateArn`,
		);
	const days = Math.floor((instantOf(NotAfter) - now()) / 86_400_000);
	if (days < renewalDays)
		return wrong(`it expires in ${days} days`, "restore the CNAME that validates it, so that ACM renews it");
	return ok(`for ${names.join(", ")}, ${days} days left`);
}

/** The command line of AWS writes times as ISO 8601 or as seconds. */
function instantOf(time: string | number | undefined): number {
	if (typeof time === "number") return time * 1_000;
	return time === undefined ? Number.POSITIVE_INFINITY : Date.parse(time);
}

/** `*.example.kz` covers `sms.example.kz`, and neither `example.kz` nor `a.sms.example.kz`. */
export function covers(name: string, host: string): boolean {
	const [wanted, given] = [host.toLowerCase(), name.toLowerCase()];
	if (!given.startsWith("*.")) return given === wanted;
	return wanted.slice(wanted.indexOf(".")) === given.slice(1) && !wanted.startsWith(".");
}

const stacksAnswer = z.object({
	Stacks: z
		.array(
			z.object({
				StackStatus: z.string(),
				Outputs: z.array(z.object({ OutputKey: z.string(), OutputValue: z.string() })).default([]),
			}),
		)
		.min(1),
});

async function gatewayStack({ aws, stageName }: StageCheckDeps) {
	const answer = await aws("cloudformation", "describe-stacks", "--stack-name", `Smsgw-${stageName}-gateway`);
	return stacksAnswer.parse(answer).Stacks[0];
}

export async function checkDeployment(deps: StageCheckDeps): Promise<Finding> {
	const { StackStatus = "" } = (await gatewayStack(deps)) ?? {};
	if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(StackStatus)) return ok(StackStatus);
	return wrong(
		`the gateway stack is ${StackStatus}`,
		`read its events in CloudFormation, then run npx cdk deploy Smsgw-${deps.stageName}-gateway`,
	);
}

export async function checkDns(deps: StageCheckDeps): Promise<Finding> {
	const { hostname } = new URL(deps.settings.publicUrl);
	const outputs = (await gatewayStack(deps))?.Outputs ?? [];
	const target = outputs.find(({ OutputKey }) => OutputKey.startsWith("apidomaintarget"))?.OutputValue;
	if (target === undefined) return ok("the API has no host name of its own");
	const todo = `create a CNAME from ${hostname} to ${target}`;
	const [found, expected] = await Promise.all(
		[hostname, target].map(async (name) => await deps.addressesOf(name).catch((): readonly string[] => [])),
	);
	if (found === undefined || found.length === 0) return wrong(`${hostname} has no address`, todo);
	if (!found.some((address) => expected?.includes(address)))
		return wrong(`${hostname} is ${found.join(", ")}, which is not the API`, todo);
	return ok(`${hostname} is the API`);
}

const secretAnswer = z.object({ SecretString: z.string() });

/** Names operators only: a password is never printed. */
export async function checkPasswords({ aws, prefix, settings }: StageCheckDeps): Promise<Finding> {
	const secret = `${prefix}-smsc-passwords`;
	const todo = `put {"operator":"password",…} into the secret ${secret}, then restart the tasks`;
	const answer = await aws("secretsmanager", "get-secret-value", "--secret-id", secret);
	const passwords = passwordsIn(secretAnswer.parse(answer).SecretString);
	if (passwords === null) return wrong(`the secret ${secret} is not a JSON object of operators and passwords`, todo);
	const missing = Object.keys(settings.operators).filter((operator) => !passwords[operator]);
	if (missing.length > 0) return wrong(`no password of ${missing.join(", ")}`, todo);
	return ok(`of ${Object.keys(settings.operators).join(", ")}`);
}

function passwordsIn(text: string): Readonly<Record<string, string | undefined>> | null {
	try {
		return smscPasswords.safeParse(JSON.parse(text)).data ?? null;
	} catch {
		return null;
	}
}

const subscriptionsAnswer = z.object({
	Subscriptions: z.array(z.object({ SubscriptionArn: z.string(), Endpoint: z.string() })),
});

export async function checkSubscriptions({ aws, prefix, settings }: StageCheckDeps): Promise<Finding> {
	const topic = `arn:aws:sns:${settings.region}:${settings.account}:${prefix}-alarms`;
	const { Subscriptions } = subscriptionsAnswer.parse(
		await aws("sns", "list-subscriptions-by-topic", "--topic-arn", topic),
	);
	if (Subscriptions.length === 0)
		return wrong("no address gets the alarms", "set alarmAddresses in the stage and deploy");
	const pending = Subscriptions.filter(({ SubscriptionArn }) => !SubscriptionArn.startsWith("arn:"));
	if (pending.length > 0)
		return wrong(
			`not confirmed by ${pending.map(({ Endpoint }) => Endpoint).join(", ")}`,
			"confirm by the link in the mail from AWS Notifications; subscribe again if it is older than three days",
		);
	return ok(Subscriptions.map(({ Endpoint }) => Endpoint).join(", "));
}

const alarmsAnswer = z.object({
	MetricAlarms: z.array(z.object({ AlarmName: z.string(), StateValue: z.string(), ActionsEnabled: z.boolean() })),
});

export async function checkAlarms({ aws, prefix }: StageCheckDeps): Promise<Finding> {
	const answer = await aws("cloudwatch", "describe-alarms", "--alarm-name-prefix", `${prefix}-`);
	const { MetricAlarms: alarms } = alarmsAnswer.parse(answer);
	const namesOf = (some: typeof alarms) => some.map(({ AlarmName }) => AlarmName.slice(prefix.length + 1)).join(", ");
	const [alarming, disabled] = [
		alarms.filter(({ StateValue }) => StateValue === "ALARM"),
		alarms.filter(({ ActionsEnabled }) => !ActionsEnabled),
	];
	if (alarms.length === 0) return wrong("there are no alarms", "deploy the gateway stack");
	if (alarming.length > 0)
		return wrong(`in ALARM: ${namesOf(alarming)}`, "read the article of each alarm in docs/runbook.md");
	if (disabled.length > 0)
		return wrong(`actions disabled: ${namesOf(disabled)}`, "aws cloudwatch enable-alarm-actions --alarm-names NAME");
	return ok(`${alarms.length}, none in ALARM`);
}
