import { DynamoDBServiceException } from "@aws-sdk/client-dynamodb";
import { SchedulerServiceException } from "@aws-sdk/client-scheduler";
import { SQSServiceException } from "@aws-sdk/client-sqs";
import type { SimulatedService } from "./call.ts";

/** Errors as SDK clients throw them, and whether the SDK retries after each. */

const exceptions = {
	dynamodb: DynamoDBServiceException,
	sqs: SQSServiceException,
	scheduler: SchedulerServiceException,
} as const;

/** Throttled: the call had no effect. */
export function throttled(service: SimulatedService): Error {
	return new exceptions[service]({
		name: "ThrottlingException",
		message: "Rate exceeded",
		$fault: "client",
		$metadata: { httpStatusCode: 400 },
	});
}

/** A 500: it may have taken effect. */
export function serverFault(service: SimulatedService): Error {
	return new exceptions[service]({
		name: "InternalServerError",
		message: "The service is not available",
		$fault: "server",
		$metadata: { httpStatusCode: 500 },
	});
}

/** No answer within the limit of the client (shared/aws/transport/keep-alive-connections.ts). */
export const timedOut = (ms: number) => named("TimeoutError", `AWS: no answer within ${ms} ms`);

/** Nothing listens there. */
export const unreached = () =>
	Object.assign(named("Error", "connect ECONNREFUSED"), { code: "ECONNREFUSED", syscall: "connect" });

export const aborted = () => named("AbortError", "Request aborted");

function named(name: string, message: string): Error {
	return Object.assign(new Error(message), { name });
}

const retried: ReadonlySet<string> = new Set(["TimeoutError", "ThrottlingException", "InternalServerError"]);

export function isRetryable(error: unknown): boolean {
	return error instanceof Error && (retried.has(error.name) || ("code" in error && error.code === "ECONNREFUSED"));
}
