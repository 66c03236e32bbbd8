import type { MessageStatus } from "#shared/domain/message/statuses.ts";

/** message_state of each status (section 5.2.28), the reverse of A36. */
export const messageStates = {
	NEW: 1,
	SENT: 1,
	EN_ROUTE: 1,
	DELIVERED: 2,
	EXPIRED: 3,
	DELETED: 4,
	UNDELIVERABLE: 5,
	FAILED: 5,
	ACCEPTED: 6,
	INVALID: 7,
	REJECTED: 8,
} as const satisfies Record<MessageStatus, number>;
