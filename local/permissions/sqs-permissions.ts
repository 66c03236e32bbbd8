import * as z from "zod";
import type { Permission } from "./policy.ts";
import { type ArnOf, type AwsRequest, operationOf } from "./request.ts";

const naming = z.object({ QueueUrl: z.string().optional(), QueueName: z.string().optional() });

/** What a call to SQS asks of its queue. A batch needs the right to do one; what names no queue asks for everything. */
export function sqsPermissions(request: AwsRequest, arnOf: ArnOf): readonly Permission[] {
	const action = `sqs:${operationOf(request).replace(/Batch$/, "")}`;
	const { QueueUrl, QueueName = QueueUrl?.split("/").at(-1) } = naming.safeParse(request.body).data ?? {};
	return [{ action, resource: QueueName === undefined ? "*" : arnOf("sqs", QueueName) }];
}
