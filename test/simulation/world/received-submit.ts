import type { Operator } from "#shared/domain/message/operators.ts";

/** One submit_sm that an SMSC received. */
export type ReceivedSubmit = {
	readonly at: number;
	readonly operator: Operator;
	readonly recipient: string;
	/** Which segment of its message it is, from 1, and of how many. */
	readonly segment: number;
	readonly segments: number;
	/** What it was answered with; 0: it was taken. */
	readonly commandStatus: number;
	readonly smscId: string;
	/** The address of the task that it came from. */
	readonly from: string;
	/** When its response went out, and when its line fell before that: one of them, or neither. */
	answeredAt: number | undefined;
	fellAt: number | undefined;
	/** Whether the handset gets it. */
	readonly isDelivered: boolean;
	/** When the gateway confirmed its final receipt. */
	receiptConfirmedAt: number | undefined;
};
