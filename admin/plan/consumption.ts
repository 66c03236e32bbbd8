import type { Consumption } from "#shared/domain/aws-prices.ts";
import { sendJobSize } from "#shared/domain/send/send-jobs.ts";

/** How clients send: many messages in a request, or one. */
export type IntakeMode = "batches" | "single";

type Measured = Consumption & {
	readonly entrySize: number;
	/** Of the SMPP service. */
	readonly taskSeconds: number;
	/** By functions, one after the other. */
	readonly awsCalls: number;
};

/**
 * Consumption of a message of one segment, from its request to its report. Measured on 2026-11-25 by `npm run bench` on a busy machine;
 * seconds are the highest CPU time seen. Newer values in docs/performance.md are lower, so a plan is on the safe side.
 */
export const perMessage: Readonly<Record<IntakeMode, Measured>> = {
	batches: {
		entrySize: sendJobSize,
		writeUnits: 4.1,
		readUnits: 6.4,
		sqsCalls: 0.1,
		invocations: 0.033,
		functionSeconds: 0.00091,
		taskSeconds: 0.00044,
		awsCalls: 0.35,
		apiRequests: 1 / 200,
	},
	single: {
		entrySize: 1,
		writeUnits: 4.6,
		readUnits: 5.6,
		sqsCalls: 2.8,
		invocations: 1.5,
		functionSeconds: 0.0091,
		taskSeconds: 0.0038,
		awsCalls: 6.8,
		apiRequests: 1,
	},
};

/** The entry of a message in the index by recipient (`searchIndex`), which is written once. */
const searchIndexWriteUnits = 1;

/** A further segment has a Submissions row, and a receipt that reads it and changes the message. */
const perFurtherSegment = { writeUnits: 2, readUnits: 2 };

export function consumptionOf(mode: IntakeMode, segments: number): Consumption {
	const measured = perMessage[mode];
	const further = segments - 1;
	return {
		...measured,
		writeUnits: measured.writeUnits + searchIndexWriteUnits + further * perFurtherSegment.writeUnits,
		readUnits: measured.readUnits + further * perFurtherSegment.readUnits,
	};
}
