import { dynamoAccountBook, dynamoCredentialBook } from "#shared/aws/dynamo-account-books.ts";
import type { Account } from "#shared/domain/account.ts";
import type { AccountBook, CredentialBook } from "#shared/ports.ts";
import { Failure } from "../complaints.ts";
import type { Place } from "../place.ts";

export function accountBook(place: Place): AccountBook {
	return dynamoAccountBook(place.dynamo, place.table("accounts"), place.log);
}

export function credentialBook(place: Place): CredentialBook {
	return dynamoCredentialBook(place.dynamo, place.table("credentials"));
}

/** @throws Failure where there is none. */
export async function existing(place: Place, userName: string): Promise<Account> {
	return (await accountBook(place).find(userName)) ?? missing(userName);
}

/** @throws Failure where there is none. */
export async function changed(place: Place, userName: string, change: (account: Account) => Account): Promise<Account> {
	return (await accountBook(place).change(userName, change)) ?? missing(userName);
}

function missing(userName: string): never {
	throw new Failure(`there is no account ${userName}`);
}
