import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emfMetrics } from "#shared/aws/emf-metrics.ts";

function aRecorder(chance = Math.random) {
	const lines: string[] = [];
	const metrics = emfMetrics({ namespace: "smsgw-test", write: (line) => lines.push(line), now: () => 1_000, chance });
	return { metrics, linesWritten: () => lines.splice(0).map((line) => JSON.parse(line)) };
}

describe("metrics in the embedded format", () => {
	it("add up counts, one line for each value of a dimension", () => {
		const { metrics, linesWritten } = aRecorder();
		metrics.count("SubmitsAccepted", 2, "kcell");
		metrics.count("SubmitsAccepted", 3, "kcell");
		metrics.count("SubmitsThrottled", 1, "kcell");
		metrics.count("SubmitsAccepted", 1, "tele2");
		metrics.count("ReportsGivenUp", 1);

		metrics.flush();

		expect(linesWritten()).toEqual([
			{
				_aws: {
					Timestamp: 1_000,
					CloudWatchMetrics: [
						{
							Namespace: "smsgw-test",
							Dimensions: [["operator"]],
							Metrics: [
								{ Name: "SubmitsAccepted", Unit: "Count" },
								{ Name: "SubmitsThrottled", Unit: "Count" },
							],
						},
					],
				},
				operator: "kcell",
				SubmitsAccepted: 5,
				SubmitsThrottled: 1,
			},
			expect.objectContaining({ operator: "tele2", SubmitsAccepted: 1 }),
			expect.objectContaining({ ReportsGivenUp: 1 }),
		]);
	});

	it("write nothing twice, and no empty line", () => {
		const { metrics, linesWritten } = aRecorder();
		metrics.count("ReportsConfirmed", 1);
		metrics.flush();
		linesWritten();

		metrics.flush();

		expect(linesWritten()).toEqual([]);
	});

	it("keep at most a hundred measured values, all of them real", () => {
		fc.assert(
			fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 1_000 }), (values) => {
				const { metrics, linesWritten } = aRecorder();
				for (const value of values) metrics.measure("ReportLag", value);
				metrics.flush();

				const [line] = linesWritten();
				const shown = [line.ReportLag].flat();
				expect(shown).toHaveLength(Math.min(values.length, 100));
				expect(values).toEqual(expect.arrayContaining(shown));
			}),
		);
	});
});
