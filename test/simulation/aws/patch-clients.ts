import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { CallTerms, SimulatedService } from "./call.ts";
import type { SimulatedAws } from "./simulated-aws.ts";
import type { CallInput } from "./write-steps.ts";

let active: SimulatedAws | undefined;

/** Makes every SDK client in this Node process call this AWS. */
export function activateAws(aws: SimulatedAws | undefined): void {
	active = aws;
}

type AnyClient = {
	readonly config: {
		readonly maxAttempts: () => Promise<number>;
		readonly requestHandler: { readonly configProvider?: Promise<{ readonly requestTimeout?: number }> };
	};
};

const terms = new WeakMap<object, CallTerms>();

async function termsOf(client: AnyClient): Promise<CallTerms> {
	const known = terms.get(client);
	if (known !== undefined) return known;
	const { maxAttempts, requestHandler } = client.config;
	const { requestTimeout } = (await requestHandler.configProvider) ?? {};
	if (requestTimeout === undefined) throw new Error("the time limit of an AWS client cannot be read");
	const read = { attemptsMax: await maxAttempts(), limitMs: requestTimeout };
	terms.set(client, read);
	return read;
}

type AnyCommand = { readonly input: CallInput; readonly constructor: { readonly name: string } };
type SendOptions = { readonly abortSignal?: AbortSignal } | undefined;

function sendTo(service: SimulatedService) {
	return async function send(this: AnyClient, command: AnyCommand, options: SendOptions): Promise<object> {
		if (active === undefined) throw new Error("no history is running");
		const aws = active;
		const call = {
			service,
			operation: command.constructor.name.replace(/Command$/, ""),
			input: command.input,
			signal: options?.abortSignal,
		};
		return await aws.call({ ...call, terms: terms.get(this) ?? (await termsOf(this)) });
	};
}

/** Makes SDK clients call the simulated AWS, with their own time limits and number of attempts. */
export function patchClients(): void {
	const clients = [
		[DynamoDBClient, "dynamodb"],
		[SQSClient, "sqs"],
		[SchedulerClient, "scheduler"],
	] as const;
	for (const [client, service] of clients) {
		Object.defineProperty(client.prototype, "send", { value: sendTo(service), configurable: true });
	}
}
