import type { EngineUrls } from "./engines/create-resources.ts";
import { localStackKey } from "./permissions/callers.ts";

/**
 * The AWS SDK's environment: the engines' endpoints, and nothing of the user's own configuration.
 * @param key the access key, which decides the permissions: that of a role, or the local stack's own.
 */
export function awsEnv(engines: EngineUrls, region: string, key = localStackKey): Readonly<Record<string, string>> {
	return {
		AWS_REGION: region,
		AWS_ACCESS_KEY_ID: key,
		AWS_SECRET_ACCESS_KEY: "local",
		AWS_CONFIG_FILE: "/dev/null",
		AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
		AWS_ENDPOINT_URL_DYNAMODB: engines.dynamodb,
		AWS_ENDPOINT_URL_SQS: engines.sqs,
		AWS_ENDPOINT_URL_SCHEDULER: engines.scheduler,
	};
}
