import { createHash } from "node:crypto";

/** What the name of every account's own queue begins with: rights are given by it, for the queues are not in the template. */
export function accountQueuesPrefix(prefix: string): string {
	return `${prefix}-${rolesBegin}`;
}

const rolesBegin = "client-";

/**
 * What an account's own queue is for, as part of its name. SQS allows 80 characters of few kinds, and a user's name may be longer and of any kind: so it begins
 * as the user's name does, for people, and ends with a hash that no other user's name has.
 */
export function accountQueueRole(userName: string): string {
	const legible = userName.replace(/[^A-Za-z0-9_-]/g, "-").slice(0, 16);
	const hash = createHash("sha256").update(userName).digest("hex").slice(0, 20);
	return `${rolesBegin}${legible}-${hash}`;
}

/** The name of an account's own queue. */
export function accountQueueName(prefix: string, userName: string): string {
	return `${prefix}-${accountQueueRole(userName)}`;
}

/** The name of the queue where entries rest that the account never took. */
export function deadLetterQueueName(queueName: string): string {
	return `${queueName}-dead`;
}
