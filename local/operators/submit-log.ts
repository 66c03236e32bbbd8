export type SubmitRecord = {
	readonly operator: string;
	readonly at: number;
	readonly recipient: string;
	readonly sender: string;
	readonly esm_class: number;
	readonly data_coding: number;
	/** All octets, with a user data header if there is one. */
	readonly short_message_hex: string;
	/** "" if it was refused. */
	readonly message_id: string;
	readonly command_status: number;
	readonly registered_delivery: number;
	readonly validity_period: string;
	/** The number of its session, unique in a process. */
	readonly session: number;
};

export type SubmitLog = {
	add(record: SubmitRecord): void;
	records(): readonly SubmitRecord[];
};

/** Keeps the last `recordsMax` records. Older ones are dropped in batches, which keeps `add` cheap. */
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
