/** Errors as the SDK gives them, and whether it tries a call again after them. */
export type ServiceError = Error & { readonly $retryable?: boolean };

function errorOf(name: string, message: string, extra: object): ServiceError {
	return Object.assign(new Error(message), { name, ...extra });
}

export const timedOut = (ms: number) => errorOf("TimeoutError", `AWS: no answer within ${ms} ms`, { $retryable: true });

export const throttled = () =>
	errorOf("ThrottlingException", "Rate exceeded", {
		$fault: "client",
		$retryable: true,
		$metadata: { httpStatusCode: 400 },
	});

export const failed = () =>
	errorOf("InternalServerError", "The service is not available", {
		$fault: "server",
		$retryable: true,
		$metadata: { httpStatusCode: 500 },
	});

export const aborted = () => errorOf("AbortError", "Request aborted", {});

export function isRetryable(error: unknown): boolean {
	return error instanceof Error && "$retryable" in error && error.$retryable === true;
}
