import {
	dynamoAccountRepository,
	dynamoCredentialRepository,
	dynamoWebhookSecretRepository,
} from "#shared/aws/dynamo/dynamo-account-books.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import type { AccountRepository } from "#shared/usecases/accounts/account-store.ts";
import type { CredentialRepository } from "#shared/usecases/accounts/credential-store.ts";
import type { WebhookSecretRepository } from "#shared/usecases/accounts/webhook-secret-store.ts";
import { CommandError } from "../errors.ts";
import type { Target } from "../target.ts";

export function accountRepository(target: Target): AccountRepository {
	return dynamoAccountRepository(target.dynamo, webhookSecretTables(target), target.log);
}

export function credentialRepository(target: Target): CredentialRepository {
	return dynamoCredentialRepository(target.dynamo, target.table("credentials"));
}

export function webhookSecretRepository(target: Target): WebhookSecretRepository {
	return dynamoWebhookSecretRepository(target.dynamo, webhookSecretTables(target));
}

const webhookSecretTables = (target: Target) => ({
	accounts: target.table("accounts"),
	webhookSecrets: target.table("webhook-secrets"),
});

/** @throws CommandError if the account does not exist. */
export async function accountOf(target: Target, userName: string): Promise<Account> {
	return (await accountRepository(target).find(userName)) ?? noSuchAccount(userName);
}

/** @throws CommandError if the account does not exist. */
export async function changeAccount(
	target: Target,
	userName: string,
	change: (account: Account) => Account,
): Promise<Account> {
	return (await accountRepository(target).change(userName, change)) ?? noSuchAccount(userName);
}

function noSuchAccount(userName: string): never {
	throw new CommandError(`account ${userName} does not exist`);
}
