import { dynamoQuotas } from "../aws/dynamo/dynamo-quotas.ts";
import { dynamoClient } from "../aws/transport/aws-clients.ts";
import { type AdmitRequest, admission } from "../usecases/accounts/admit-request.ts";
import { type AccountLimits, accountLimits } from "../usecases/limits/limit-account.ts";
import { authenticatorOnAws } from "./authenticator-on-aws.ts";

type Environment = Parameters<typeof authenticatorOnAws>[0] & { readonly LIMITS_TABLE: string };

/** Accounts' limits, counted on AWS. Make one for each process: it caches the quota that it took ahead. */
export function limitsOnAws(env: Pick<Environment, "LIMITS_TABLE">): AccountLimits {
	return accountLimits({ quotas: dynamoQuotas(dynamoClient(), env.LIMITS_TABLE), now: Date.now });
}

export function admissionOnAws(env: Environment, limits: AccountLimits = limitsOnAws(env)): AdmitRequest {
	return admission(authenticatorOnAws(env), limits);
}
