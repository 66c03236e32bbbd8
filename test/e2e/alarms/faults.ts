import type { LocalStack } from "#local/local-stack-options.ts";
import { localRegion } from "#local/local-stage.ts";
import { awsJson } from "#local/wire/aws-json.ts";
import type { Operator } from "#shared/domain/message/operators.ts";
import type { Client } from "../client.ts";
import type { EngineProxy } from "../engine-proxy.ts";
import { receiptOf, type SubmitBehaviour, type TestSmsc } from "../smsc.ts";
import type { Traffic } from "./traffic.ts";

/** What a fault may break. */
export type Stand = {
	readonly localStack: LocalStack;
	readonly client: Client;
	readonly traffic: Traffic;
	readonly webhook: { isFailing: boolean };
	readonly smscs: Readonly<Record<Operator, TestSmsc>>;
	/** Between the event source mappings and SQS, the functions and DynamoDB, the task and SQS. */
	readonly proxies: { readonly mappings: EngineProxy; readonly functions: EngineProxy; readonly task: EngineProxy };
};

/** Breaks something, and returns what mends it. */
export type Fault = (stand: Stand) => Promise<() => unknown>;

export const smscAway =
	(name: Operator): Fault =>
	async ({ smscs }) => {
		const { server, drop } = smscs[name];
		const { port } = server.address() as { readonly port: number };
		server.close();
		drop();
		return () => server.listen(port, "127.0.0.1");
	};

export const oneBindFalls =
	(name: Operator): Fault =>
	async ({ smscs }) => {
		const { server, sessions } = smscs[name];
		server.maxConnections = 1;
		sessions[0]?.close("the bind falls");
		return () => {
			server.maxConnections = 100;
		};
	};

export const smscAnswers =
	(name: Operator, behaviour: SubmitBehaviour): Fault =>
	async ({ smscs }) => {
		smscs[name].behaviour = behaviour;
		return () => {
			smscs[name].behaviour = undefined;
		};
	};

export const refused: SubmitBehaviour = () => ({ command_status: 0x08 });
export const throttled: SubmitBehaviour = () => ({ command_status: 0x58 });
export const unanswered: SubmitBehaviour = async () => await new Promise<never>(() => undefined);

/** As if the event source mapping were disabled. */
export const notConsumed =
	(queue: string): Fault =>
	async ({ proxies: { mappings } }) => {
		mappings.faultOf = ({ operation, body }) =>
			operation === "ReceiveMessage" && body.includes(`smsgw-local-${queue}"`) ? "refusal" : undefined;
		return () => {
			mappings.faultOf = undefined;
		};
	};

/** The calls of functions to DynamoDB whose text matches are refused. */
export const refusedToFunctions =
	(...texts: readonly RegExp[]): Fault =>
	async ({ proxies: { functions } }) => {
		functions.faultOf = ({ operation, body }) =>
			texts.some((text) => text.test(`${operation} ${body}`)) ? "refusal" : undefined;
		return () => {
			functions.faultOf = undefined;
		};
	};

export const noQueueForTheTask: Fault = async ({ proxies: { task } }) => {
	task.refusing = () => true;
	return () => {
		task.refusing = () => false;
	};
};

export const webhooksFail: Fault = async ({ webhook }) => {
	webhook.isFailing = true;
	return () => {
		webhook.isFailing = false;
	};
};

export const taskHangs: Fault = async ({ localStack }) => {
	const pid = localStack.pid("smpp");
	process.kill(pid, "SIGSTOP");
	return () => process.kill(pid, "SIGCONT");
};

/** Requests that are refused, as often as a client sends that ignores the answers. */
export const wrongRequests: Fault = async ({ client }) => {
	const timer = setInterval(() => {
		for (let count = 0; count < 10; count += 1) void client.post({ recipient: "no number" }).catch(() => undefined);
	}, 200);
	return () => clearInterval(timer);
};

/** A few messages from subscribers. */
export const incoming: Fault = async ({ smscs }) => {
	for (let count = 1; count <= 10; count += 1) {
		const fields = {
			source_addr: `770100000${10 + count}`,
			destination_addr: "9090",
			short_message: Buffer.from("hello"),
		};
		await smscs.beeline.deliver(0, fields);
	}
	return () => undefined;
};

/** As if the schedule were deleted. */
export const notSwept: Fault = async ({ localStack }) => {
	await fetch(`${localStack.endpoints.scheduler}/schedules/smsgw-local-sweep`, { method: "DELETE" });
	return () => undefined;
};

/** An entry that no version can read. It stays in a dead-letter queue, and comes back to a function until it is a dead letter. */
export const unreadableEntries =
	(...queues: readonly string[]): Fault =>
	async ({ localStack }) => {
		const sqs = awsJson("sqs", localStack.endpoints.sqs, localRegion);
		for (const queue of queues) {
			await sqs("SendMessage", { QueueUrl: localStack.plan.queues[queue]?.url, MessageBody: "unreadable" });
		}
		return () => undefined;
	};

/** Receipts of messages that the gateway has not sent. */
export const foreignReceipts =
	(name: Operator): Fault =>
	async ({ smscs }) => {
		for (let count = 1; count <= 120; count += 1) {
			const message = { source_addr: "SMSGW", destination_addr: `7701999${count}` };
			await smscs[name].deliver(0, receiptOf(`foreign${count}`, message));
		}
		return () => undefined;
	};

/** Every message is a code, for which people wait. */
export const urgentMessages: Fault = async ({ traffic }) => {
	traffic.fields = { priority: 2 };
	return () => {
		traffic.fields = {};
	};
};

export const unreadableMessage: Fault = async ({ localStack, client }) => {
	const id = await client.send();
	await client.untilReported(id);
	const dynamo = awsJson("dynamodb", localStack.endpoints.dynamodb, localRegion);
	const TableName = localStack.plan.tables["messages"]?.name;
	await dynamo("PutItem", { TableName, Item: { message_id: { N: id }, m: { S: "unreadable" } } });
	await client.request("GET", `/messages/${id}`).catch(() => undefined);
	return () => undefined;
};

export const all =
	(...faults: readonly Fault[]): Fault =>
	async (stand) => {
		const mends: (() => unknown)[] = [];
		for (const fault of faults) mends.push(await fault(stand));
		return async () => {
			for (const mend of mends) await mend();
		};
	};
