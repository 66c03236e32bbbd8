/**
 * The MessageGroupId of an account's entries. SQS takes turns between groups, so the backlog of one account does not delay the
 * others. Encoded, because a group's name allows fewer characters than a user name.
 */
export function accountGroup(userName: string): string {
	return Buffer.from(userName).toString("base64url").slice(0, 128);
}
