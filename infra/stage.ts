import * as z from "zod";
import { prefixOf } from "#shared/contracts/resource-names.ts";
import { smscs } from "#shared/contracts/smscs.ts";
import { finalTexts } from "#shared/domain/message/final-text.ts";
import { operators } from "#shared/domain/message/operators.ts";
import { normalRecipient } from "#shared/domain/numbers/recipient.ts";
import { concurrencyProblem } from "./concurrency.ts";
import { stageQuotas } from "./quotas.ts";
import { section, wholeNumber } from "./section.ts";
import { stageEdge } from "./stage-edge.ts";
import { networkProblems, stageNetwork } from "./stage-network.ts";
import { stageOperations } from "./stage-operations.ts";
import { stageSizes } from "./stage-sizes.ts";
import { tableRoles } from "./table-roles.ts";
import { memoryProblem } from "./task-sizes.ts";

/** The visibility timeout of a queue is also its function's timeout, which is 900 s at most. */
const functionSeconds = wholeNumber(1, 900);

const hostPattern = /^(?=.{1,253}$)[a-z\d]([a-z\d-]{0,61}[a-z\d])?(\.[a-z\d]([a-z\d-]{0,61}[a-z\d])?)*$/i;

const warmThroughputUnits = section({
	reads: wholeNumber(12_000, 10_000_000),
	writes: wholeNumber(4_000, 10_000_000),
}).exactOptional();
const warmTables = Object.fromEntries(tableRoles.map((role) => [role, warmThroughputUnits]));

/** An account and a number of our own, for a message every five minutes. */
const stageCanary = section({
	account: z.string().regex(/^[\w.@-]{1,64}$/, "must be the name of an account"),
	sender: z.string().min(1, "must be a sender of the account").max(21),
	/** A phone that is always on, of an operator that sends receipts. */
	number: z
		.string()
		.refine((given) => normalRecipient(given) === given, "must be a mobile number such as 77010000000, in quotes"),
});
export type StageCanary = z.output<typeof stageCanary>;

const regionName = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region, such as eu-central-1");

const stageSettings = section({
	/** Part of every physical name. Without hyphens, so that `smsgw-NAME-*` matches one stage. */
	name: z.string().regex(/^[a-z][a-z0-9]{1,19}$/, "must be 2 to 20 small letters and digits, a letter first"),
	/** A deployment with another account's credentials is refused. */
	account: z
		.string("must be the 12 digits of an AWS account, in quotes")
		.regex(/^\d{12}$/, "must be the 12 digits of an AWS account, in quotes"),
	region: regionName,
	publicUrl: z
		.string()
		.refine(isPublicUrl, "must be a scheme and a host without a slash at the end, such as https://sms.example.kz"),
	/** All four: messages to an operator without an SMSC would wait until they expire. */
	operators: smscs.refine(
		(given) => operators.every((operator) => given[operator] !== undefined),
		`must have all of ${operators.join(", ")}`,
	),
	/** An ACM certificate in this region for the host of `publicUrl`, for HTTPS and SMPP over TLS. */
	certificateArn: z
		.string()
		.regex(/^arn:aws[a-z-]*:acm:[a-z\d-]+:\d{12}:certificate\/[\da-f-]{36}$/, "must be the ARN of an ACM certificate")
		.exactOptional(),
	network: stageNetwork.prefault({}),
	edge: stageEdge.exactOptional(),
	canary: stageCanary.exactOptional(),
	...stageOperations,
	/**
	 * Another region with a copy of each table that a restore needs, so that a stage can be restored if its region is lost. Messages, numbers
	 * and password hashes are then stored there too, so ask first whether the law allows it. Set it before the first deployment.
	 */
	copyRegion: regionName.exactOptional(),
	/**
	 * Units a second that a new table supports at once, instead of AWS's 12,000 reads and 4,000 writes. Set it before the first campaign. It is
	 * paid once, when it is raised.
	 */
	warmThroughput: section(warmTables as Record<(typeof tableRoles)[number], typeof warmThroughputUnits>).prefault({}),
	/** If false, a deployment of functions takes effect at once, and nothing rolls it back. For test stages and emergencies. */
	gradualReleases: z.boolean().default(true),
	quotas: stageQuotas.prefault({}),
	/**
	 * Requests a second of an account that has no limit of its own; 0: unlimited. Counting costs up to one write of the
	 * limits table for each request.
	 */
	accountRequestsPerSecond: wholeNumber(0, 1_000_000).default(0),
	/** Messages can be read this long (A50). A message that expires later is kept until it has ended and is reported. */
	retentionDays: wholeNumber(1, 3_653).default(90),
	/** The same for messages from subscribers: at least as long as their reports can be sent again. `retentionDays` if absent. */
	incomingRetentionDays: wholeNumber(15, 3_653).exactOptional(),
	/** The counts of each hour can be read this long: a year, and the month that is compared with the one of the year before. */
	countsRetentionDays: wholeNumber(32, 3_653).default(400),
	/** What becomes of a message's text when the message ends. An account may have a setting of its own. */
	finalTexts: z.enum(finalTexts).default("keep"),
	/**
	 * Whether messages are found by a number. It costs a write unit for each message, and two for each message from a
	 * subscriber.
	 */
	searchIndex: z.boolean().default(true),
	/** SQS's maximum is twelve hours. */
	laneVisibilitySeconds: wholeNumber(1, 43_200).default(30),
	receiptsVisibilitySeconds: functionSeconds.default(30),
	reportsVisibilitySeconds: functionSeconds.default(40),
	dueShardsVisibilitySeconds: functionSeconds.default(60),
	incomingVisibilitySeconds: functionSeconds.default(30),
	/** Lifetime of bind leases. Other tasks wait this long after a task dies. Renewed each third of it. */
	leaseSeconds: wholeNumber(3, 900).default(30),
	/** A subscriber's message waits this long for its next part. SQS delays an entry by 900 s at most. */
	incomingWaitSeconds: wholeNumber(1, 900).default(300),
	/** Only on the local stack: on AWS a webhook must not reach private addresses. */
	privateWebhooks: z.boolean().default(false),
	sizes: stageSizes.prefault({}),
});

type Settings = z.output<typeof stageSettings>;
type Problem = readonly [path: readonly string[], message: string];

function problemsOf(stage: Settings): readonly Problem[] {
	return [
		...httpsProblems(stage),
		...copyProblems(stage),
		...networkSettingsProblems(stage),
		...sizeProblems(stage),
		...quotaSettingsProblems(stage),
		...operatorProblems(stage),
	];
}

function httpsProblems({
	publicUrl,
	certificateArn,
	alarmAddresses,
	privateWebhooks,
	region,
	account,
	edge,
}: Settings): readonly Problem[] {
	const needed = "is required if publicUrl is https";
	const https = publicUrl.startsWith("https:");
	const [, , , certificateRegion = region, certificateAccount = account] = certificateArn?.split(":") ?? [];
	return [
		...problem(edge !== undefined && !https, "edge", "must not be given if publicUrl is http"),
		...problem(
			edge !== undefined && edge.originHost === URL.parse(publicUrl)?.hostname,
			"edge.originHost",
			"must differ from the host of publicUrl",
		),
		...problem(https && certificateArn === undefined, "certificateArn", needed),
		...problem(https && alarmAddresses === undefined, "alarmAddresses", needed),
		...problem(https && privateWebhooks, "privateWebhooks", "must be false if publicUrl is https"),
		...problem(certificateRegion !== region, "certificateArn", `must be a certificate in ${region}`),
		...problem(certificateAccount !== account, "certificateArn", `must be a certificate of the account ${account}`),
	];
}

/** China and GovCloud are partitions of their own, and a table cannot have a copy in another partition. */
const partitionOf = (region: string) => /^(?:cn|us-gov|us-iso[a-z]*|eu-isoe|eusc)(?=-)/.exec(region)?.[0] ?? "aws";

function copyProblems({ region, copyRegion, encryption }: Settings): readonly Problem[] {
	if (copyRegion === undefined) return [];
	return [
		...problem(copyRegion === region, "copyRegion", `must be another region than ${region}`),
		...problem(
			partitionOf(copyRegion) !== partitionOf(region),
			"copyRegion",
			`must be in the same partition of AWS as ${region}`,
		),
		...problem(
			encryption === "customer",
			"copyRegion",
			"cannot be used with encryption customer, whose key is in one region",
		),
	];
}

function networkSettingsProblems({ network, region }: Settings): readonly Problem[] {
	return networkProblems(network, region).map(([path, message]) => [["network", ...path.split(".")], message]);
}

function sizeProblems({ sizes }: Settings): readonly Problem[] {
	const problemText = memoryProblem(sizes.taskCpu, sizes.taskMemoryMb);
	return [
		...problem(problemText !== undefined, "sizes.taskMemoryMb", problemText ?? ""),
		...problem(
			(sizes.tasksMax ?? sizes.tasks) < sizes.tasks,
			"sizes.tasksMax",
			`must be at least tasks, ${sizes.tasks}`,
		),
	];
}

function quotaSettingsProblems(stage: Settings): readonly Problem[] {
	const problemText = concurrencyProblem(stage);
	return problemText === undefined ? [] : [[["quotas", "lambdaConcurrency"], problemText]];
}

function operatorProblems({ operators: given }: Settings): readonly Problem[] {
	return Object.entries(given).flatMap(([operator, { host, standby_hosts = [], tls }]) => [
		...[host, ...standby_hosts.map((standby) => standby.host)].flatMap((one, index) =>
			problem(
				!hostPattern.test(one),
				`operators.${operator}.${index === 0 ? "host" : `standby_hosts.${index - 1}.host`}`,
				"must be a host name or an IPv4 address, without scheme and port",
			),
		),
		...problem(
			tls?.ca?.includes("-----BEGIN CERTIFICATE-----") === false,
			`operators.${operator}.tls.ca`,
			"must be a certificate in PEM",
		),
	]);
}

function problem(wrong: boolean, path: string, message: string): readonly Problem[] {
	return wrong ? [[path.split("."), message]] : [];
}

function isPublicUrl(text: string): boolean {
	const url = URL.parse(text);
	if (url === null || url.origin !== text || !/^https?:$/.test(url.protocol)) return false;
	// API Gateway serves a domain name only at the default port of HTTPS.
	return url.protocol === "http:" || url.port === "";
}

export const stageSchema = stageSettings.superRefine((stage, { addIssue }) => {
	for (const [path, message] of problemsOf(stage)) addIssue({ code: "custom", path: [...path], message });
});

/** @throws Error in one line that names the stage and each wrong setting. */
export function readStage(given: z.input<typeof stageSchema>): Stage {
	const parsed = stageSchema.safeParse(given, { reportInput: true });
	if (parsed.success) return parsed.data;
	const wrong = parsed.error.issues.map((issue) => {
		const { path, input } = issue;
		const missing = issue.code === "invalid_type" && input === undefined;
		const given = typeof input === "object" || issue.message.includes(", not ") ? "" : `, not ${JSON.stringify(input)}`;
		return `${path.join(".") || "the stage"}: ${missing ? "is missing" : `${issue.message}${given}`}`;
	});
	throw new Error(`stage ${String(given.name)}: ${[...new Set(wrong)].join("; ")}`);
}

export type Stage = z.output<typeof stageSchema>;

/** The tag that tells the resources and costs of a stage from others. */
export const stageTag = "smsgw:stage";

export function namePrefix(stage: Stage): string {
	return prefixOf(stage.name);
}
