import * as z from "zod";
import { prefixOf } from "#shared/contracts/resource-names.ts";
import { smscs } from "#shared/contracts/smscs.ts";
import { operators } from "#shared/domain/operators.ts";
import { concurrencyRefusal } from "./concurrency.ts";
import { stageQuotas } from "./quotas.ts";
import { section, whole } from "./section.ts";
import { networkComplaints, stageNetwork } from "./stage-network.ts";
import { stageSizes } from "./stage-sizes.ts";
import { tableRoles } from "./table-roles.ts";
import { memoryRefusal } from "./task-sizes.ts";

/** A function runs 900 s at most, and as long as its queue hides the batch from others: no longer, no shorter. */
const functionSeconds = whole(1, 900);

/** Host names and IPv4 addresses. */
const hostPattern = /^(?=.{1,253}$)[a-z\d]([a-z\d-]{0,61}[a-z\d])?(\.[a-z\d]([a-z\d-]{0,61}[a-z\d])?)*$/i;

const warmUnits = section({ reads: whole(12_000, 10_000_000), writes: whole(4_000, 10_000_000) }).exactOptional();
const warmTables = Object.fromEntries(tableRoles.map((role) => [role, warmUnits]));

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
	warmThroughput: section(warmTables as Record<(typeof tableRoles)[number], typeof warmUnits>).prefault({}),
	quotas: stageQuotas.prefault({}),
	/** How long messages can be read (A50). One that expires later than that is kept until it has ended and is reported. */
	retentionDays: whole(1, 3_653).default(90),
	/** SQS hides an entry for twelve hours at most. */
	laneVisibilitySeconds: whole(1, 43_200).default(30),
	receiptsVisibilitySeconds: functionSeconds.default(30),
	reportsVisibilitySeconds: functionSeconds.default(40),
	looksVisibilitySeconds: functionSeconds.default(60),
	incomingVisibilitySeconds: functionSeconds.default(30),
	/** How long others wait for what a task held that died: a bind slot of an operator's, a session of an account's. Renewed each third of it. */
	leaseSeconds: whole(3, 900).default(30),
	/** How long a subscriber's message waits for its next part; a queue delays an entry by so much at most. */
	incomingWaitSeconds: whole(1, 900).default(300),
	/** Only on one's own machine: in the cloud a webhook must not reach what is private. */
	privateWebhooks: z.boolean().default(false),
	sizes: stageSizes.prefault({}),
});

type Settings = z.output<typeof stageSettings>;
type Complaint = readonly [path: readonly string[], message: string];

/** What holds between settings. */
function complaintsOf(stage: Settings): readonly Complaint[] {
	return [...ofHttps(stage), ...ofNetwork(stage), ...ofSizes(stage), ...ofQuotas(stage), ...ofOperators(stage)];
}

function ofHttps({
	publicUrl,
	certificateArn,
	alarmAddress,
	privateWebhooks,
	region,
	account,
}: Settings): readonly Complaint[] {
	const needed = "is needed where publicUrl is https";
	const https = publicUrl.startsWith("https:");
	const [, , , itsRegion = region, itsAccount = account] = certificateArn?.split(":") ?? [];
	return [
		...complaint(https && certificateArn === undefined, "certificateArn", needed),
		...complaint(https && alarmAddress === undefined, "alarmAddress", needed),
		...complaint(https && privateWebhooks, "privateWebhooks", "must be false where publicUrl is https"),
		...complaint(itsRegion !== region, "certificateArn", `must be of a certificate in ${region}`),
		...complaint(itsAccount !== account, "certificateArn", `must be of a certificate of the account ${account}`),
	];
}

function ofNetwork({ network, region }: Settings): readonly Complaint[] {
	return networkComplaints(network, region).map(([path, message]) => [["network", ...path.split(".")], message]);
}

function ofSizes({ sizes }: Settings): readonly Complaint[] {
	const refusal = memoryRefusal(sizes.taskCpu, sizes.taskMemoryMb);
	return refusal === undefined ? [] : [[["sizes", "taskMemoryMb"], refusal]];
}

function ofQuotas(stage: Settings): readonly Complaint[] {
	const refusal = concurrencyRefusal(stage);
	return refusal === undefined ? [] : [[["quotas", "lambdaConcurrency"], refusal]];
}

function ofOperators({ operators: given }: Settings): readonly Complaint[] {
	return Object.entries(given).flatMap(([operator, { host, tls }]) => [
		...complaint(
			!hostPattern.test(host),
			`operators.${operator}.host`,
			"must be a host name or an IPv4 address, without a scheme and a port",
		),
		...complaint(
			tls?.ca?.includes("-----BEGIN CERTIFICATE-----") === false,
			`operators.${operator}.tls.ca`,
			"must be a certificate in PEM",
		),
	]);
}

function complaint(wrong: boolean, path: string, message: string): readonly Complaint[] {
	return wrong ? [[path.split("."), message]] : [];
}

function isPublicUrl(text: string): boolean {
	const url = URL.parse(text);
	if (url === null || url.origin !== text || !/^https?:$/.test(url.protocol)) return false;
	// API Gateway serves HTTPS under a name at its usual port only.
	return url.protocol === "http:" || url.port === "";
}

export const stageSchema = stageSettings.superRefine((stage, { addIssue }) => {
	for (const [path, message] of complaintsOf(stage)) addIssue({ code: "custom", path: [...path], message });
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
