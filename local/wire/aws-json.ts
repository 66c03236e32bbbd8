import { Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { authorizationOf, localStackKey } from "../permissions/callers.ts";

/** An engine's error, with the name that the SDK would give it. */
export class AwsError extends Error {
	constructor(name: string, message: string) {
		super(`${name}: ${message}`);
		this.name = name;
	}
}

export type AwsJson = (operation: string, body: object, signal?: AbortSignal) => Promise<Record<string, unknown>>;

const services = {
	dynamodb: { target: "DynamoDB_20120810", type: "application/x-amz-json-1.0" },
	sqs: { target: "AmazonSQS", type: "application/x-amz-json-1.0" },
} as const;

/**
 * Calls a local engine in AWS's JSON protocol. The local stack polls queues with this: an SDK client takes ten times the CPU, for a
 * signature that no engine checks.
 * @param key the caller's access key; default the local stack's own.
 */
export function awsJson(
	service: keyof typeof services,
	endpoint: string,
	region: string,
	key = localStackKey,
): AwsJson {
	const agent = new Agent({ keepAlive: true });
	const { target, type } = services[service];
	const fixed = {
		"content-type": type,
		authorization: authorizationOf(key, region, service),
		"x-amz-date": "20240101T000000Z",
	};
	return async (operation, body, signal) => {
		const payload = JSON.stringify(body);
		const headers = {
			...fixed,
			"x-amz-target": `${target}.${operation}`,
			"content-length": Buffer.byteLength(payload),
		};
		const response = await new Promise<IncomingMessage>((resolve, reject) => {
			const sent = request(endpoint, { method: "POST", agent, headers, ...(signal && { signal }) }, resolve);
			sent.on("error", reject);
			sent.end(payload);
		});
		return answerOf(response.statusCode ?? 0, await text(response));
	};
}

function answerOf(status: number, body: string): Record<string, unknown> {
	const answer = (body === "" ? {} : JSON.parse(body)) as Record<string, unknown>;
	if (status < 300) return answer;
	const name = String(answer["__type"] ?? status);
	throw new AwsError(name.slice(name.lastIndexOf("#") + 1), String(answer["message"] ?? answer["Message"] ?? body));
}
