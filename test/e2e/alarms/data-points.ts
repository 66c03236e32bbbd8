import * as z from "zod";

/** A value of a metric, as CloudWatch would store it. Dimensions are `name=value`, in one order. */
export type DataPoint = {
	readonly namespace: string;
	readonly name: string;
	readonly dimensions: string;
	readonly at: number;
	readonly value: number;
};

const embedded = z.looseObject({
	_aws: z.object({
		Timestamp: z.number(),
		CloudWatchMetrics: z.array(
			z.object({
				Namespace: z.string(),
				Dimensions: z.array(z.array(z.string())),
				Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })),
			}),
		),
	}),
});
const values = z.union([z.number(), z.array(z.number())]).transform((given) => [given].flat());
const functionFailed = z.looseObject({ event: z.literal("function.failed"), functionName: z.string(), at: z.number() });

/** What a line of the gateway's log says to CloudWatch: metrics in the embedded format; for a failed function, Lambda's own. */
export function dataPointsIn(line: string): readonly DataPoint[] {
	const parsed: unknown = line.startsWith("{") ? JSON.parse(line) : undefined;
	const failed = functionFailed.safeParse(parsed);
	if (failed.success) {
		const { functionName, at } = failed.data;
		return [{ namespace: "AWS/Lambda", name: "Errors", dimensions: `FunctionName=${functionName}`, at, value: 1 }];
	}
	const written = embedded.safeParse(parsed);
	if (!written.success) return [];
	const { _aws, ...fields } = written.data;
	return _aws.CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
		Dimensions.flatMap((names) => {
			const dimensions = names.map((name) => `${name}=${String(fields[name])}`).join(" ");
			return Metrics.flatMap(({ Name: name }) =>
				values.parse(fields[name]).map((value) => ({ namespace, name, dimensions, at: _aws.Timestamp, value })),
			);
		}),
	);
}
