import { dynamoQuotas } from "../aws/dynamo/dynamo-quotas.ts";
import { dynamoClient } from "../aws/transport/aws-clients.ts";
import { type AdmitRequest, admission } from "../usecases/accounts/admit-request.ts";
import { type AccountLimits, accountLimits } from "../usecases/limits/limit-account.ts";
import { authenticatorOnAws } from "./authenticator-on-aws.ts";

type LimitsEnvironment = {
	readonly LIMITS_TABLE: string;
	/** 0: none. */
	readonly ACCOUNT_REQUESTS_PER_SECOND: number;
};

type Environment = Parameters<typeof authenticatorOnAws>[0] & LimitsEnvironment;

/** Accounts' limits, counted on AWS. Make one for each process: it caches the quota that it took ahead. */
export function limitsOnAws(env: LimitsEnvironment): AccountLimits {
	return accountLimits({
		quotas: dynamoQuotas(dynamoClient(), env.LIMITS_TABLE),
		now: Date.now,
		defaultRequestsPerSecond: env.ACCOUNT_REQUESTS_PER_SECOND || null,
	});
}

export function admissionOnAws(env: Environment, limits: AccountLimits = limitsOnAws(env)): AdmitRequest {
	return admission(authenticatorOnAws(env), limits);
}
