import type { ServerResponse } from "node:http";
import { account } from "../template/local-world.ts";
import type { Service } from "./judge.ts";
import type { Ask } from "./policy.ts";

/** How each service says no, so that its SDK client throws an AccessDeniedException. */
const manners = {
	dynamodb: { status: 400, type: "application/x-amz-json-1.0" },
	sqs: { status: 403, type: "application/x-amz-json-1.0" },
	scheduler: { status: 403, type: "application/json" },
} as const satisfies Record<Service, object>;

/** Answers a call as AWS does that its caller has no right to. */
export function refuse(response: ServerResponse, service: Service, caller: string, { action, resource }: Ask): void {
	const { status, type } = manners[service];
	const user = `arn:aws:sts::${account}:assumed-role/${caller}/local`;
	const message = `User: ${user} is not authorized to perform: ${action} on resource: ${resource}`;
	const body = JSON.stringify({ __type: "com.amazon.coral.service#AccessDeniedException", message });
	response
		.writeHead(status, {
			"content-type": type,
			"x-amzn-errortype": "AccessDeniedException",
			"content-length": Buffer.byteLength(body),
		})
		.end(body);
}
