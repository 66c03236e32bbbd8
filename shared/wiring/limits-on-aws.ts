import { dynamoClient } from "../aws/clients.ts";
import { dynamoAllowances } from "../aws/dynamo-allowances.ts";
import { type Entrance, entrance } from "../usecases/enter.ts";
import { type AccountLimits, accountLimits } from "../usecases/limit-account.ts";
import { doorkeeperOnAws } from "./doorkeeper-on-aws.ts";

type Environment = Parameters<typeof doorkeeperOnAws>[0] & { readonly LIMITS_TABLE: string };

/** Accounts' limits, counted on AWS. One for each process: what it took ahead lies in its memory. */
export function limitsOnAws(env: Pick<Environment, "LIMITS_TABLE">): AccountLimits {
	return accountLimits({ allowances: dynamoAllowances(dynamoClient(), env.LIMITS_TABLE), now: Date.now });
}

/** Lets requests in by the accounts, credentials and limits on AWS. */
export function entranceOnAws(env: Environment, limits: AccountLimits = limitsOnAws(env)): Entrance {
	return entrance(doorkeeperOnAws(env), limits);
}
