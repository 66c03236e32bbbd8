import { account } from "../template/local-references.ts";
import type { HttpAnswer } from "../wire/http-server.ts";
import type { AwsService } from "./denied-permission.ts";
import type { Permission } from "./policy.ts";

/** The form of each service's refusal, from which its SDK client makes an AccessDeniedException. */
const refusalFormats = {
	dynamodb: { status: 400, type: "application/x-amz-json-1.0" },
	sqs: { status: 403, type: "application/x-amz-json-1.0" },
	scheduler: { status: 403, type: "application/json" },
} as const satisfies Record<AwsService, object>;

export function accessDenied(service: AwsService, caller: string, { action, resource }: Permission): HttpAnswer {
	const { status, type } = refusalFormats[service];
	const user = `arn:aws:sts::${account}:assumed-role/${caller}/local`;
	const message = `User: ${user} is not authorized to perform: ${action} on resource: ${resource}`;
	const body = JSON.stringify({ __type: "com.amazon.coral.service#AccessDeniedException", message });
	return { status, headers: { "content-type": type, "x-amzn-errortype": "AccessDeniedException" }, body };
}
