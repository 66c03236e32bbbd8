import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetQueueUrlCommand, type SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { dynamoClient, dynamoClientOnce, type Endpoints, sqsClient } from "#shared/aws/transport/aws-clients.ts";
import { type LocalStackInfo, localStackInfo, localStackInfoPath } from "#shared/contracts/local-stack-info.ts";
import { prefixOf, queueName, tableName } from "#shared/contracts/resource-names.ts";
import type { Log } from "#shared/log.ts";
import { awsCli } from "./doctor/aws-cli.ts";
import { CommandError, shown, UsageError } from "./errors.ts";
import { type LocalControl, localControl } from "./local-control.ts";
import { type StageSettings, stageSettingsOf } from "./stage-settings.ts";

/** A stage on AWS, or the local stack on this machine. */
export type Target = {
	/** Of the names of all its resources. */
	readonly prefix: string;
	/** Null: the local stack. */
	readonly stageName: string | null;
	/** Of the stage's file; null if this clone does not have it, and for the local stack. */
	readonly settings: StageSettings | null;
	/** The settings of each operator's SMSC, as given; null if this clone does not have the stage's file. */
	readonly smscs: Readonly<Record<string, unknown>> | null;
	/** The API of the local stack, at this machine's address. */
	readonly apiUrl: string | null;
	/** What only the local stack has. */
	readonly localServers: LocalStackInfo["localServers"];
	/** By which a client_message_id becomes a message id. @throws CommandError if this account may not read it. */
	messageIdKey(): Promise<string>;
	/** Of the local stack. */
	readonly control: LocalControl | null;
	readonly dynamo: DynamoDBClient;
	/** Makes one attempt. */
	readonly dynamoOnce: DynamoDBClient;
	readonly sqs: SQSClient;
	/** Whether webhooks may have private addresses: on a local stack, if it says so. */
	readonly privateWebhooks: boolean;
	/** For rows that cannot be read. */
	readonly log: Pick<Log, "error">;
	table(role: string): string;
	/** @throws if there is no such queue. */
	queueUrl(role: string): Promise<string>;
};

export const targetOptions = z.object({ stage: z.string().optional(), local: z.boolean().default(false) });

const stageName = z.string().regex(/^[a-z][a-z0-9]{1,19}$/);

/** @throws UsageError without a valid stage or --local, CommandError if no local stack answers. */
export async function targetOf({ stage, local }: z.output<typeof targetOptions>): Promise<Target> {
	if (local) return await localTarget();
	if (stage === undefined)
		throw new UsageError("give --stage NAME for a stage on AWS, or --local for the local stack on this machine");
	const name = stageName.safeParse(stage);
	if (!name.success)
		throw new UsageError(`"${shown(stage)}" cannot be --stage: 2 to 20 small letters and digits, a letter first`);
	const settings = stageSettingsOf(name.data);
	const endpoints = settings === null ? {} : { region: settings.region };
	const smscs = settings?.operators ?? null;
	const place = {
		prefix: prefixOf(name.data),
		stageName: name.data,
		settings,
		smscs,
		apiUrl: null,
		localServers: null,
		control: null,
		privateWebhooks: false,
		messageIdKey: async () => await stageMessageIdKey(settings, prefixOf(name.data)),
	};
	return targetAt(place, { dynamodb: endpoints, sqs: endpoints });
}

async function localTarget(): Promise<Target> {
	const control = localControl();
	const {
		region,
		prefix,
		ownUrl: apiUrl,
		localServers,
		endpoints,
		accessKey,
		operators: smscs,
		messageIdKey,
		privateWebhooks,
	} = localStackInfo.parse(await control.request("GET", localStackInfoPath));
	const credentials = { accessKeyId: accessKey, secretAccessKey: "local" };
	const at = (endpoint: string) => ({ region, credentials, endpoint });
	const place = {
		...{ prefix, stageName: null, settings: null, smscs, apiUrl, localServers, control, privateWebhooks },
		messageIdKey: async () => messageIdKey,
	};
	return targetAt(place, { dynamodb: at(endpoints.dynamodb), sqs: at(endpoints.sqs) });
}

const secretAnswer = z.object({ SecretString: z.string().min(1) });

async function stageMessageIdKey(settings: StageSettings | null, prefix: string): Promise<string> {
	if (settings === null) throw new CommandError("this clone has no file of the stage: its region is not known");
	const secret = `${prefix}-message-id-key`;
	const answer = await awsCli(settings.region)("secretsmanager", "get-secret-value", "--secret-id", secret);
	return secretAnswer.parse(answer).SecretString;
}

type ClientSettings = { readonly dynamodb: Endpoints; readonly sqs: Endpoints };

const stderrLog: Target["log"] = {
	error: (event, fields) => void process.stderr.write(`smsgw: ${event} ${JSON.stringify(fields)}\n`),
};

type Place = Omit<Target, "dynamo" | "dynamoOnce" | "sqs" | "log" | "table" | "queueUrl">;

function targetAt(place: Place, clientSettings: ClientSettings): Target {
	const { prefix } = place;
	const sqs = sqsClient(clientSettings.sqs);
	return {
		...place,
		dynamo: dynamoClient(clientSettings.dynamodb),
		dynamoOnce: dynamoClientOnce(clientSettings.dynamodb),
		sqs,
		log: stderrLog,
		table: (role) => tableName(prefix, role),
		async queueUrl(role) {
			const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queueName(prefix, role) }));
			if (QueueUrl === undefined) throw new CommandError(`there is no queue ${queueName(prefix, role)}`);
			return QueueUrl;
		},
	};
}
