import type { Operator } from "#shared/domain/message/operators.ts";

/** One submit_sm that an SMSC received. */
export type ReceivedSubmit = {
	readonly at: number;
	readonly operator: Operator;
	readonly recipient: string;
	/** The segment's number, from 1, and the number of segments. */
	readonly segment: number;
	readonly segments: number;
	/** The command_status of the response; 0: accepted. */
	readonly commandStatus: number;
	readonly smscId: string;
	/** The address of the submitting task. */
	readonly from: string;
	/** The time of its response, or of the loss of its connection before a response; or neither. */
	answeredAt: number | undefined;
	fellAt: number | undefined;
	/** Whether it reaches the handset. */
	readonly isDelivered: boolean;
	/** The time at which the gateway confirmed its final receipt. */
	receiptConfirmedAt: number | undefined;
};
