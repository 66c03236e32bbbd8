import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";

/** Carries out a command: its name without `Command`, and its input. */
export type Execute = (operation: string, input: object) => object;

const region = "eu-central-1";

export function dynamoClientOf(execute: Execute): DynamoDBClient {
	return answeredBy(new DynamoDBClient({ region }), execute);
}

export function sqsClientOf(execute: Execute): SQSClient {
	return answeredBy(new SQSClient({ region }), execute);
}

export function schedulerClientOf(execute: Execute): SchedulerClient {
	return answeredBy(new SchedulerClient({ region }), execute);
}

/** The SDK's own client, as its paginators ask for one, whose calls an engine answers a microtask later. */
function answeredBy<Client extends object>(client: Client, execute: Execute): Client {
	const send = async (command: { readonly input: object }) => {
		await undefined;
		return execute(command.constructor.name.replace(/Command$/, ""), command.input);
	};
	return Object.assign(client, { send });
}
