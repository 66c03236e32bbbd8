import { ServiceError } from "#local/wire/service-error.ts";

/** Errors of a whole call. */
export const sqsErrors = {
	noQueue: () => new ServiceError("QueueDoesNotExist", "The specified queue does not exist."),
	queueExists: (attribute: string) =>
		new ServiceError(
			"QueueNameExists",
			`A queue already exists with the same name and a different value for attribute ${attribute}`,
		),
	emptyBatch: () => new ServiceError("EmptyBatchRequest", "There should be at least one entry in the request."),
	tooMany: () => new ServiceError("TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10."),
	sameId: () => new ServiceError("BatchEntryIdsNotDistinct", "Two entries of the request have the same Id."),
	wrongId: () =>
		new ServiceError(
			"InvalidBatchEntryId",
			"A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
		),
	tooLong: () => new ServiceError("BatchRequestTooLong", "Batch requests cannot be longer than 1048576 bytes."),
	badAttribute: (name: string) => new ServiceError("InvalidAttributeValue", `Invalid value for the parameter ${name}.`),
	badParameter: (message: string) => new ServiceError("InvalidParameterValue", message),
	missing: (name: string) => new ServiceError("MissingParameter", `The request must contain the parameter ${name}.`),
};
