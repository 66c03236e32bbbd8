import { ServiceError } from "#local/wire/service-error.ts";

export class ValidationException extends ServiceError {
	constructor(message: string) {
		super("ValidationException", message);
	}
}

export function invalid(message: string): never {
	throw new ValidationException(message);
}

export function badParameter(message: string): never {
	return invalid(`One or more parameter values were invalid: ${message}`);
}

export const conditionFailed = "The conditional request failed";

export function failCondition(): never {
	throw new ServiceError("ConditionalCheckFailedException", conditionFailed);
}

export function noTable(): never {
	throw new ServiceError("ResourceNotFoundException", "Requested resource not found");
}
