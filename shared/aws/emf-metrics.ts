import type { Clock } from "../clock.ts";
import { counts, measures } from "../domain/metrics.ts";
import type { Metrics } from "../metrics.ts";

/** Metrics that are gathered, and told all at once. */
export type BufferedMetrics = Metrics & {
	/** Tells what came since the last time; nothing where nothing did. */
	flush(): void;
};

export type EmfOptions = {
	readonly namespace: string;
	/** Takes a line for standard output, from which CloudWatch reads it. */
	readonly write: (line: string) => void;
	readonly now: Clock;
	/** From 0 to 1. */
	readonly chance: () => number;
};

/** As many values of one metric as a line may hold; of more, a fair sample is told. */
const valuesMax = 100;

const definitions = { ...counts, ...measures };
type Name = keyof typeof definitions;

type Buffered = { readonly values: number[]; seen: number };

/**
 * Metrics in CloudWatch's embedded format: a line of JSON for each value of a dimension. Counts are added up first, so that a busy
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
			if (one.values.length < valuesMax) one.values.push(value);
			/* Each of all that were seen is as likely to be among those that are told. */ else if (
				chance() <
				valuesMax / one.seen
			)
				one.values[Math.floor(chance() * valuesMax)] = value;
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
