import { parcelSize } from "#shared/domain/parcels.ts";
import type { Consumption } from "#shared/domain/prices.ts";

/** How clients hand messages in: many in a request, or each by a request of its own. */
export type WayIn = "batches" | "single";

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
 * (docs/performance.md), seconds are of CPU and were the most that was seen then, on a machine that did other work as well.
 */
export const perMessage: Readonly<Record<WayIn, Measured>> = {
	batches: {
		entrySize: parcelSize,
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

/** The row of Submissions that each further segment of a message has, to which its receipt is found. */
const writeUnitsPerFurtherSegment = 1;

/** What one message takes that has so many segments. */
export function consumptionOf(way: WayIn, segments: number): Consumption {
	const measured = perMessage[way];
	return { ...measured, writeUnits: measured.writeUnits + (segments - 1) * writeUnitsPerFurtherSegment };
}
