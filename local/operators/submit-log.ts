/** One submit_sm as a simulated SMSC got it; field names as on the wire, for tests and people to read over HTTP. */
export type SubmitRecord = {
	readonly operator: string;
	/** Milliseconds since the epoch. */
	readonly at: number;
	readonly recipient: string;
	readonly sender: string;
	readonly esm_class: number;
	readonly data_coding: number;
	/** Every octet of it, a user data header included. */
	readonly short_message_hex: string;
	/** "" when it was refused. */
	readonly message_id: string;
	readonly command_status: number;
	readonly registered_delivery: number;
	readonly validity_period: string;
	/** Which session it came on; numbers are never used twice in a process. */
	readonly session: number;
};

export type SubmitLog = {
	add(record: SubmitRecord): void;
	/** Oldest first. */
	records(): readonly SubmitRecord[];
};

/** Keeps the last so many; older ones are let go in batches, so that adding stays cheap. */
export function submitLog(recordsMax: number): SubmitLog {
	let records: SubmitRecord[] = [];
	const trimCount = Math.ceil(recordsMax / 10);
	return {
		add(record) {
			records.push(record);
			if (records.length >= recordsMax + trimCount) records = records.slice(-recordsMax);
		},
		records: () => records.slice(-recordsMax),
	};
}
