import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetQueueUrlCommand, type SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { dynamoClient, sqsClient, type Whereabouts } from "#shared/aws/clients.ts";
import { localHouse, localHousePath } from "#shared/contracts/local-house.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { prefixOf, queueName, tableName } from "#shared/contracts/resource-names.ts";
import type { Log } from "#shared/ports.ts";
import { Failure, inOneLine, Misuse } from "./complaints.ts";

/** What a command works on: one stage on AWS, or the house on this machine. */
export type Place = {
	/** Begins the names of everything there. */
	readonly prefix: string;
	readonly dynamo: DynamoDBClient;
	readonly sqs: SQSClient;
	/** Whether webhooks may be at private addresses: on one's own machine only. */
	readonly privateWebhooks: boolean;
	/** Where it is told of rows that cannot be read. */
	readonly log: Pick<Log, "error">;
	table(role: string): string;
	/** @throws where there is no such queue. */
	queueUrl(role: string): Promise<string>;
};

export const placeOptions = z.object({ stage: z.string().optional(), local: z.boolean().default(false) });

const stageName = z.string().regex(/^[a-z][a-z0-9-]{1,19}$/, "is no name of a stage");

const sinkEnv = z.object({ SMSGW_SINK_PORT: z.coerce.number().int().min(1).max(65_535).default(8_081) });

/**
 * The place that the options name.
 * @throws Misuse where they name none, Failure where no house answers.
 */
export async function placeOf({ stage, local }: z.output<typeof placeOptions>): Promise<Place> {
	if (local) return await houseHere();
	if (stage === undefined)
		throw new Misuse("where? --stage NAME for one on AWS, --local for the house on this machine");
	const name = stageName.safeParse(stage);
	if (!name.success) throw new Misuse(`--stage ${stage} ${name.error.issues[0]?.message}`);
	return placeAt(prefixOf(name.data), { dynamodb: {}, sqs: {} }, false);
}

async function houseHere(): Promise<Place> {
	const { SMSGW_SINK_PORT: port } = readEnv(sinkEnv);
	const url = `http://127.0.0.1:${port}${localHousePath}`;
	const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch((error: unknown) => {
		throw new Failure(
			`no house answers at ${url}: start one with "npm start", or set SMSGW_SINK_PORT as for it (${inOneLine(
				error instanceof Error && error.cause instanceof Error ? error.cause : error,
			)})`,
		);
	});
	if (!answer.ok) throw new Failure(`no house is ready at ${url}: status ${answer.status}`);
	const { region, prefix, endpoints } = localHouse.parse(await answer.json());
	const credentials = { accessKeyId: "local", secretAccessKey: "local" };
	const at = (endpoint: string) => ({ region, credentials, endpoint });
	return placeAt(prefix, { dynamodb: at(endpoints.dynamodb), sqs: at(endpoints.sqs) }, true);
}

type Ways = { readonly dynamodb: Whereabouts; readonly sqs: Whereabouts };

const complaints: Place["log"] = {
	error: (event, fields) => void process.stderr.write(`smsgw: ${event} ${JSON.stringify(fields)}\n`),
};

function placeAt(prefix: string, ways: Ways, privateWebhooks: boolean): Place {
	const sqs = sqsClient(ways.sqs);
	return {
		prefix,
		dynamo: dynamoClient(ways.dynamodb),
		sqs,
		privateWebhooks,
		log: complaints,
		table: (role) => tableName(prefix, role),
		async queueUrl(role) {
			const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queueName(prefix, role) }));
			if (QueueUrl === undefined) throw new Failure(`there is no queue ${queueName(prefix, role)}`);
			return QueueUrl;
		},
	};
}
