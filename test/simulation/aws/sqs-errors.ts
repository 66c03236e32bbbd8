import {
	BatchEntryIdsNotDistinct,
	BatchRequestTooLong,
	EmptyBatchRequest,
	QueueDoesNotExist,
	SQSServiceException,
	TooManyEntriesInBatchRequest,
} from "@aws-sdk/client-sqs";

const badRequest = (message: string) => ({ message, $metadata: { httpStatusCode: 400 } });

/** Errors of a whole call, as the SDK throws them. */
export const sqsErrors = {
	noQueue: () => new QueueDoesNotExist(badRequest("The specified queue does not exist.")),
	emptyBatch: () => new EmptyBatchRequest(badRequest("There should be at least one entry in the request.")),
	tooMany: () => new TooManyEntriesInBatchRequest(badRequest("Maximum number of entries per request are 10.")),
	sameId: () => new BatchEntryIdsNotDistinct(badRequest("Two entries of the request have the same Id.")),
	tooLong: () => new BatchRequestTooLong(badRequest("Batch requests cannot be longer than 1048576 bytes.")),
	badParameter: (message: string) =>
		new SQSServiceException({ name: "InvalidParameterValue", $fault: "client", ...badRequest(message) }),
};
