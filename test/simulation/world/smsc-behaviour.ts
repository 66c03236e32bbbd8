/** The behaviour of a simulated SMSC. Each value is a probability per submit or delivery, unless stated otherwise. */
export type SmscBehaviour = {
	/** Milliseconds to the response, usually. */
	readonly answerMs: readonly [least: number, most: number];
	/** The response comes after the gateway's limit of 30 s. */
	readonly answersLate: number;
	readonly answersNever: number;
	/** Accepts all submits to a recipient and never responds: a probability per recipient. */
	readonly isMuteTo: number;
	/** Accepts the message, and the connection is lost before the response. */
	readonly dropsLine: number;
	/** ESME_RTHROTTLED or ESME_RMSGQFUL. */
	readonly throttles: number;
	/** Refuses the message permanently. */
	readonly refuses: number;
	/** The message does not reach the handset. */
	readonly undeliverable: number;
	/** Milliseconds to the receipt, usually. */
	readonly receiptMs: readonly [least: number, most: number];
	readonly receiptLate: number;
	readonly receiptNever: number;
	readonly receiptBeforeResponse: number;
	readonly receiptRepeated: number;
	/** An intermediate receipt comes first. */
	readonly enRoute: number;
	/** Ids are decimal in responses, and decimal or hexadecimal in receipts. */
	readonly receiptIds: "same" | "hex";
	/**
	 * One receipt for a message of several segments, under the id of the last one. Off by default, because the gateway
	 * does not support it.
	 */
	readonly oneReceiptPerMessage: boolean;
};

/** An SMSC without faults. */
export const healthySmsc: SmscBehaviour = {
	answerMs: [5, 120],
	answersLate: 0,
	answersNever: 0,
	isMuteTo: 0,
	dropsLine: 0,
	throttles: 0,
	refuses: 0,
	undeliverable: 0.05,
	receiptMs: [500, 20_000],
	receiptLate: 0,
	receiptNever: 0,
	receiptBeforeResponse: 0,
	receiptRepeated: 0,
	enRoute: 0.1,
	receiptIds: "same",
	oneReceiptPerMessage: false,
};

/** An SMSC with every fault that may be expected. */
export const faultySmsc: SmscBehaviour = {
	answerMs: [5, 900],
	answersLate: 0.01,
	answersNever: 0.01,
	isMuteTo: 0.02,
	dropsLine: 0.01,
	throttles: 0.04,
	refuses: 0.02,
	undeliverable: 0.08,
	receiptMs: [200, 40_000],
	receiptLate: 0.05,
	receiptNever: 0.03,
	receiptBeforeResponse: 0.05,
	receiptRepeated: 0.06,
	enRoute: 0.1,
	receiptIds: "same",
	oneReceiptPerMessage: false,
};
