import {
	ConditionalCheckFailedException,
	DynamoDBServiceException,
	ResourceNotFoundException,
} from "@aws-sdk/client-dynamodb";

/** ValidationException as the SDK throws it: the SDK has no class for it. */
export class ValidationException extends DynamoDBServiceException {
	constructor(message: string) {
		super({ name: "ValidationException", $fault: "client", $metadata: { httpStatusCode: 400 }, message });
	}
}

export function invalid(message: string): never {
	throw new ValidationException(message);
}

export const conditionFailed = "The conditional request failed";

export function failCondition(): never {
	throw new ConditionalCheckFailedException({ message: conditionFailed, $metadata: { httpStatusCode: 400 } });
}

export function noTable(): never {
	throw new ResourceNotFoundException({
		message: "Requested resource not found",
		$metadata: { httpStatusCode: 400 },
	});
}
