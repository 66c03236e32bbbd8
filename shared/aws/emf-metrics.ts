import type { Clock } from "../clock.ts";
import { counts, measures } from "../domain/metrics.ts";
import type { Metrics } from "../metrics.ts";

export type BufferedMetrics = Metrics & {
	/** Writes the metrics since the last flush, if there are any. */
	flush(): void;
};

export type EmfOptions = {
	readonly namespace: string;
	readonly write: (line: string) => void;
	readonly now: Clock;
	readonly chance: () => number;
};

/** The most values of one metric in a line; of more, a random sample is written. */
const valuesMax = 100;

const definitions = { ...counts, ...measures };
type Name = keyof typeof definitions;

type Buffered = { readonly values: number[]; seen: number };

/**
 * Metrics in CloudWatch's embedded metric format: a line of JSON for each value of a dimension. Counts are summed first, so a busy
 * minute costs no more than a quiet one.
 */
export function emfMetrics({ namespace, write, now, chance }: EmfOptions): BufferedMetrics {
	let byDimension = new Map<string, Map<Name, Buffered>>();

	function bufferFor(name: Name, of: string | undefined): Buffered {
		const { dimension } = definitions[name];
		const dimensionValue = dimension === null ? "" : `${dimension}=${of ?? "none"}`;
		const own = byDimension.get(dimensionValue) ?? new Map<Name, Buffered>();
		byDimension.set(dimensionValue, own);
		const one = own.get(name) ?? { values: [], seen: 0 };
		own.set(name, one);
		return one;
	}

	return {
		count(name, by, of) {
			const { values } = bufferFor(name, of);
			values[0] = (values[0] ?? 0) + by;
		},
		measure(name, value, of) {
			const one = bufferFor(name, of);
			one.seen += 1;
			/* Reservoir sampling: each value is equally likely to be in the sample. */
			if (one.values.length < valuesMax) one.values.push(value);
			else if (chance() < valuesMax / one.seen) one.values[Math.floor(chance() * valuesMax)] = value;
		},
		flush() {
			const flushed = byDimension;
			byDimension = new Map();
			for (const [dimensionValue, own] of flushed) write(lineOf(namespace, now(), dimensionValue, own));
		},
	};
}

function lineOf(namespace: string, at: number, dimensionValue: string, own: ReadonlyMap<Name, Buffered>): string {
	const [dimension, value] = dimensionValue === "" ? [] : dimensionValue.split("=", 2);
	const named = [...own];
	return JSON.stringify({
		_aws: {
			Timestamp: at,
			CloudWatchMetrics: [
				{
					Namespace: namespace,
					Dimensions: [dimension === undefined ? [] : [dimension]],
					Metrics: named.map(([name]) => ({ Name: name, Unit: definitions[name].unit })),
				},
			],
		},
		...(dimension !== undefined && { [dimension]: value }),
		...Object.fromEntries(named.map(([name, { values }]) => [name, values.length === 1 ? values[0] : values])),
	});
}
