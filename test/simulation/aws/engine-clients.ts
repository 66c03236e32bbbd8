import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";

/** Executes a command: its name without `Command`, and its input. */
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

/** An SDK client, as the SDK's paginators need one. The engine answers its calls one microtask later. */
function answeredBy<Client extends object>(client: Client, execute: Execute): Client {
	const send = async (command: { readonly input: object }) => {
		await undefined;
		return execute(command.constructor.name.replace(/Command$/, ""), command.input);
	};
	return Object.assign(client, { send });
}
