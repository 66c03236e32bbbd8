import * as z from "zod";
import type { Permission } from "./policy.ts";
import { type ArnOf, type AwsRequest, operationOf } from "./request.ts";

const naming = z.object({ QueueUrl: z.string().optional(), QueueName: z.string().optional() });

/** The permission that a call to SQS needs. A batch needs that of the single call; a call without a queue needs it on `*`. */
export function sqsPermissions(request: AwsRequest, arnOf: ArnOf): readonly Permission[] {
	const action = `sqs:${operationOf(request).replace(/Batch$/, "")}`;
	const { QueueUrl, QueueName = QueueUrl?.split("/").at(-1) } = naming.safeParse(request.body).data ?? {};
	return [{ action, resource: QueueName === undefined ? "*" : arnOf("sqs", QueueName) }];
}
