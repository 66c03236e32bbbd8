/**
 * The MessageGroupId of an account's entries. Accounts share a queue: by their groups SQS takes turns between them, so that the backlog of one
 * delays no other. A group's name allows less than a user's does.
 */
export function accountGroup(userName: string): string {
	return Buffer.from(userName).toString("base64url").slice(0, 128);
}
