import * as z from "zod";
import type { EventSourceMapping } from "../template/plan-compute.ts";

const attribute = z.looseObject({
	DataType: z.string(),
	StringValue: z.string().optional(),
	BinaryValue: z.string().optional(),
});

const message = z.object({
	MessageId: z.string(),
	ReceiptHandle: z.string(),
	Body: z.string(),
	MD5OfBody: z.string(),
	Attributes: z.record(z.string(), z.string()).default({}),
	MessageAttributes: z.record(z.string(), attribute).default({}),
});
export type SqsMessage = z.output<typeof message>;

export const receiveAnswer = z.object({ Messages: z.array(message).default([]) });

/** The event of a batch, as Lambda's event source mapping writes it, as JSON text. */
export function sqsEvent({ queueArn }: EventSourceMapping, messages: readonly SqsMessage[]): string {
	const awsRegion = queueArn.split(":")[3];
	return JSON.stringify({
		Records: messages.map((one) => ({
			messageId: one.MessageId,
			receiptHandle: one.ReceiptHandle,
			body: one.Body,
			attributes: one.Attributes,
			messageAttributes: Object.fromEntries(
				Object.entries(one.MessageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
					name,
					{
						dataType: DataType,
						stringValue: StringValue,
						binaryValue: BinaryValue,
						stringListValues: [],
						binaryListValues: [],
					},
				]),
			),
			md5OfBody: one.MD5OfBody,
			eventSource: "aws:sqs",
			eventSourceARN: queueArn,
			awsRegion,
		})),
	});
}
