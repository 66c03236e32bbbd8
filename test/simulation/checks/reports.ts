/** The reports and receipts that clients received. */
export type Reports = {
	/** A client's server or session accepted a report with this status; by SMPP, with this message_state. */
	taken(reported: number | string, status: string): void;
	isTaken(reported: number | string, status: string): boolean;
	of(reported: number | string): readonly string[];
	/** A subscriber's message reached its client. */
	moTaken(sender: string): void;
	isMoTaken(sender: string): boolean;
};

/** What a receipt names a message by: the messages of a submit_multi share an id. */
export const receiptName = (id: number | string, recipient: string) => `${id} to ${recipient}`;

export function reportBook(): Reports {
	const statuses = new Map<number | string, Set<string>>();
	const senders = new Set<string>();
	return {
		taken(reported, status) {
			const own = statuses.get(reported) ?? new Set();
			statuses.set(reported, own.add(status));
		},
		isTaken: (reported, status) => statuses.get(reported)?.has(status) === true,
		of: (reported) => [...(statuses.get(reported) ?? [])],
		moTaken: (sender) => void senders.add(sender),
		isMoTaken: (sender) => senders.has(sender),
	};
}
