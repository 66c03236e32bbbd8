import { dynamoClient } from "../aws/clients.ts";
import { dynamoAccounts, dynamoCredentials } from "../aws/dynamo-accounts.ts";
import { type Doorkeeper, doorkeeper } from "../usecases/log-in.ts";

/** Lets clients in by the accounts and credentials on AWS. */
export function doorkeeperOnAws(env: {
	readonly ACCOUNTS_TABLE: string;
	readonly CREDENTIALS_TABLE: string;
}): Doorkeeper {
	const dynamo = dynamoClient();
	return doorkeeper({
		accounts: dynamoAccounts(dynamo, env.ACCOUNTS_TABLE),
		credentials: dynamoCredentials(dynamo, env.CREDENTIALS_TABLE),
		now: Date.now,
	});
}
