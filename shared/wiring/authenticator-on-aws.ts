import { dynamoAccounts, dynamoCredentials } from "../aws/dynamo/dynamo-accounts.ts";
import { dynamoClient } from "../aws/transport/aws-clients.ts";
import { type Authenticator, authenticator } from "../usecases/accounts/authenticate.ts";

export function authenticatorOnAws(env: {
	readonly ACCOUNTS_TABLE: string;
	readonly CREDENTIALS_TABLE: string;
}): Authenticator {
	const dynamo = dynamoClient();
	return authenticator({
		accounts: dynamoAccounts(dynamo, env.ACCOUNTS_TABLE),
		credentials: dynamoCredentials(dynamo, env.CREDENTIALS_TABLE),
		now: Date.now,
	});
}
