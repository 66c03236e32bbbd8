import * as z from "zod";
import { prefixOf } from "#shared/contracts/resource-names.ts";
import { smscs } from "#shared/contracts/smscs.ts";
import { operators } from "#shared/domain/message/operators.ts";
import { concurrencyProblem } from "./concurrency.ts";
import { stageQuotas } from "./quotas.ts";
import { section, wholeNumber } from "./section.ts";
import { networkProblems, stageNetwork } from "./stage-network.ts";
import { stageSizes } from "./stage-sizes.ts";
import { tableRoles } from "./table-roles.ts";
import { memoryProblem } from "./task-sizes.ts";

/** A function runs 900 s at most, and as long as its queue hides the batch from others: no longer, no shorter. */
const functionSeconds = wholeNumber(1, 900);

/** Host names and IPv4 addresses. */
const hostPattern = /^(?=.{1,253}$)[a-z\d]([a-z\d-]{0,61}[a-z\d])?(\.[a-z\d]([a-z\d-]{0,61}[a-z\d])?)*$/i;

const warmThroughputUnits = section({
	reads: wholeNumber(12_000, 10_000_000),
	writes: wholeNumber(4_000, 10_000_000),
}).exactOptional();
const warmTables = Object.fromEntries(tableRoles.map((role) => [role, warmThroughputUnits]));

/** One deployment of the gateway: what differs between two of them, and nothing else. */
const stageSettings = section({
	/** Part of every physical name, so that two stages fit in one account. Without a hyphen: `smsgw-NAME-*` is of one stage alone. */
	name: z.string().regex(/^[a-z][a-z0-9]{1,19}$/, "must be 2 to 20 small letters and digits, and begin with a letter"),
	/** The AWS account. A deployment with another account's credentials is refused. */
	account: z
		.string("must be the 12 digits of an AWS account, in quotes")
		.regex(/^\d{12}$/, "must be the 12 digits of an AWS account, in quotes"),
	region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region, such as eu-central-1"),
	/** Where clients reach the API: scheme and host, without a path and without a slash at its end. */
	publicUrl: z
		.string()
		.refine(isPublicUrl, "must be a scheme and a host, such as https://sms.example.kz, without a slash at its end"),
	/** All four: what is accepted for an operator without an SMSC would never end. */
	operators: smscs.refine(
		(given) => operators.every((operator) => given[operator] !== undefined),
		`must hold each of ${operators.join(", ")}`,
	),
	/** Of an ACM certificate in this region, for the host of `publicUrl`: HTTPS and SMPP in TLS stand under it. */
	certificateArn: z
		.string()
		.regex(/^arn:aws[a-z-]*:acm:[a-z\d-]+:\d{12}:certificate\/[\da-f-]{36}$/, "must be the ARN of an ACM certificate")
		.exactOptional(),
	network: stageNetwork.prefault({}),
	/** Who is woken by an alarm. */
	alarmAddress: z.email("must be a mail address").exactOptional(),
	/**
	 * Units a second that a table takes from its first minute, where less than AWS begins with (12,000 reads, 4,000 writes) would not do: a day's
	 * first campaign should not meet a cold table. Paid once, when it is raised.
	 */
	warmThroughput: section(warmTables as Record<(typeof tableRoles)[number], typeof warmThroughputUnits>).prefault({}),
	quotas: stageQuotas.prefault({}),
	/** How long messages can be read (A50). One that expires later than that is kept until it has ended and is reported. */
	retentionDays: wholeNumber(1, 3_653).default(90),
	/** SQS hides an entry for twelve hours at most. */
	laneVisibilitySeconds: wholeNumber(1, 43_200).default(30),
	receiptsVisibilitySeconds: functionSeconds.default(30),
	reportsVisibilitySeconds: functionSeconds.default(40),
	dueShardsVisibilitySeconds: functionSeconds.default(60),
	incomingVisibilitySeconds: functionSeconds.default(30),
	/** How long others wait for what a task held that died: a bind lease of an operator's, a session of an account's. Renewed each third of it. */
	leaseSeconds: wholeNumber(3, 900).default(30),
	/** How long a subscriber's message waits for its next part; a queue delays an entry by so much at most. */
	incomingWaitSeconds: wholeNumber(1, 900).default(300),
	/** Only on one's own machine: in the cloud a webhook must not reach what is private. */
	privateWebhooks: z.boolean().default(false),
	sizes: stageSizes.prefault({}),
});

type Settings = z.output<typeof stageSettings>;
type Problem = readonly [path: readonly string[], message: string];

/** What holds between settings. */
function problemsOf(stage: Settings): readonly Problem[] {
	return [
		...httpsProblems(stage),
		...networkSettingsProblems(stage),
		...sizeProblems(stage),
		...quotaSettingsProblems(stage),
		...operatorProblems(stage),
	];
}

function httpsProblems({
	publicUrl,
	certificateArn,
	alarmAddress,
	privateWebhooks,
	region,
	account,
}: Settings): readonly Problem[] {
	const needed = "is needed where publicUrl is https";
	const https = publicUrl.startsWith("https:");
	const [, , , certificateRegion = region, certificateAccount = account] = certificateArn?.split(":") ?? [];
	return [
		...problem(https && certificateArn === undefined, "certificateArn", needed),
		...problem(https && alarmAddress === undefined, "alarmAddress", needed),
		...problem(https && privateWebhooks, "privateWebhooks", "must be false where publicUrl is https"),
		...problem(certificateRegion !== region, "certificateArn", `must be of a certificate in ${region}`),
		...problem(certificateAccount !== account, "certificateArn", `must be of a certificate of the account ${account}`),
	];
}

function networkSettingsProblems({ network, region }: Settings): readonly Problem[] {
	return networkProblems(network, region).map(([path, message]) => [["network", ...path.split(".")], message]);
}

function sizeProblems({ sizes }: Settings): readonly Problem[] {
	const problemText = memoryProblem(sizes.taskCpu, sizes.taskMemoryMb);
	return problemText === undefined ? [] : [[["sizes", "taskMemoryMb"], problemText]];
}

function quotaSettingsProblems(stage: Settings): readonly Problem[] {
	const problemText = concurrencyProblem(stage);
	return problemText === undefined ? [] : [[["quotas", "lambdaConcurrency"], problemText]];
}

function operatorProblems({ operators: given }: Settings): readonly Problem[] {
	return Object.entries(given).flatMap(([operator, { host, tls }]) => [
		...problem(
			!hostPattern.test(host),
			`operators.${operator}.host`,
			"must be a host name or an IPv4 address, without a scheme and a port",
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
	// API Gateway serves HTTPS under a name at its usual port only.
	return url.protocol === "http:" || url.port === "";
}

export const stageSchema = stageSettings.superRefine((stage, { addIssue }) => {
	for (const [path, message] of problemsOf(stage)) addIssue({ code: "custom", path: [...path], message });
});

/** @throws Error that names the stage and each field that is wrong, in one line. */
export function readStage(given: z.input<typeof stageSchema>): Stage {
	const parsed = stageSchema.safeParse(given, { reportInput: true });
	if (parsed.success) return parsed.data;
	const wrong = parsed.error.issues.map((issue) => {
		const missing = issue.code === "invalid_type" && issue.input === undefined;
		return `${issue.path.join(".") || "the stage"}: ${missing ? "is missing" : issue.message}`;
	});
	throw new Error(`stage ${String(given.name)}: ${[...new Set(wrong)].join("; ")}`);
}

export type Stage = z.output<typeof stageSchema>;

/** Begins every physical name of a stage. */
export function namePrefix(stage: Stage): string {
	return prefixOf(stage.name);
}
