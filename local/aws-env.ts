import type { EngineUrls } from "./engines/create-resources.ts";
import { localStackKey } from "./permissions/callers.ts";

/**
 * What the AWS SDK reads in every process: the engines in the place of AWS, and nothing of the user's own configuration. `key` is
 * whose rights it has: the name of a role, or the local stack itself.
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
