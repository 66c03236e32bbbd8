import type { Consumption } from "#shared/domain/aws-prices.ts";
import { sendJobSize } from "#shared/domain/send/send-jobs.ts";

/** How clients hand messages in: many in a request, or each by a request of its own. */
export type IntakeMode = "batches" | "single";

type Measured = Consumption & {
	/** How many messages its lane entries hold. */
	readonly entrySize: number;
	/** Of the SMPP service. */
	readonly taskSeconds: number;
	/** Of functions, in turn. */
	readonly awsCalls: number;
};

/**
 * What a message of one segment takes, of everything from its request to its report. Counts were measured on 2026-11-25 by `npm run bench`
 * on a machine that did other work as well; seconds are of CPU, and were the most that was seen. What docs/performance.md has since is less: a plan
 * errs on the side of too much.
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

/** Each further segment has a row of Submissions, and a receipt that finds it and changes the message, where it comes apart from the others. */
const perFurtherSegment = { writeUnits: 2, readUnits: 2 };

/** What one message takes that has so many segments. */
export function consumptionOf(mode: IntakeMode, segments: number): Consumption {
	const measured = perMessage[mode];
	const further = segments - 1;
	return {
		...measured,
		writeUnits: measured.writeUnits + further * perFurtherSegment.writeUnits,
		readUnits: measured.readUnits + further * perFurtherSegment.readUnits,
	};
}
