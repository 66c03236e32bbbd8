/** The reports and receipts that clients received. */
export type Reports = {
	/** A client's server or session accepted a report with this status; by SMPP, with this message_state. */
	taken(messageId: number, status: string): void;
	isTaken(messageId: number, status: string): boolean;
	of(messageId: number): readonly string[];
	/** A subscriber's message reached its client. */
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
