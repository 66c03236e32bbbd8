/** What clients heard of their messages, by the reports and receipts that they took. */
export type Reports = {
	/** A client's server, or session, took a report with this status; by SMPP, with this state. */
	taken(messageId: number, status: string): void;
	isTaken(messageId: number, status: string): boolean;
	of(messageId: number): readonly string[];
	/** A message of a subscriber reached the client that it was for. */
	moTaken(sender: string): void;
	isMoTaken(sender: string): boolean;
};

export function reportBook(): Reports {
	const statuses = new Map<number, Set<string>>();
	const senders = new Set<string>();
	return {
		taken(messageId, status) {
			const own = statuses.get(messageId) ?? new Set();
			statuses.set(messageId, own.add(status));
		},
		isTaken: (messageId, status) => statuses.get(messageId)?.has(status) === true,
		of: (messageId) => [...(statuses.get(messageId) ?? [])],
		moTaken: (sender) => void senders.add(sender),
		isMoTaken: (sender) => senders.has(sender),
	};
}
