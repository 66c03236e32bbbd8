import { createHash } from "node:crypto";

/** The name prefix of all account queues. Permissions use it, because these queues are not in the template. */
export function accountQueuesPrefix(prefix: string): string {
	return `${prefix}-${rolesBegin}`;
}

const rolesBegin = "client-";

/**
 * The role of an account's queue, which is part of the queue name. SQS allows 80 characters of few kinds, so it is the
 * readable beginning of the user name, and a hash that makes it unique.
 */
export function accountQueueRole(userName: string): string {
	const legible = userName.replace(/[^A-Za-z0-9_-]/g, "-").slice(0, 16);
	const hash = createHash("sha256").update(userName).digest("hex").slice(0, 20);
	return `${rolesBegin}${legible}-${hash}`;
}

export function accountQueueName(prefix: string, userName: string): string {
	return `${prefix}-${accountQueueRole(userName)}`;
}

export function deadLetterQueueName(queueName: string): string {
	return `${queueName}-dead`;
}
