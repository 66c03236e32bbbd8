import { describe, expect, it } from "vitest";
import { measureBaseline } from "#bench/baseline.ts";
import { measureEgress } from "#bench/egress.ts";
import { measureKannel } from "#bench/kannel/measure-kannel.ts";
import { kannelIsInstalled } from "#bench/kannel/open-kannel.ts";

/** The parts of the bench that need no local stack, at minimal size. Only that they measure is tested. */

const size = { messages: 20, runs: 1, receiptDelayMs: 0 };

describe("the bench", () => {
	it("measures the gateway's own send path, with every receipt returned", async () => {
		const { submits, withReceipts } = await measureEgress(size);

		expect([...submits, ...withReceipts].map(({ messages }) => messages)).toEqual([200, 200]);
		for (const { perSecond } of [...submits, ...withReceipts]) expect(perSecond).toBeGreaterThan(0);
	});

	it("measures its SMSC and its webhook alone", async () => {
		const { smsc, sinkSingle, sinkReportBatches } = await measureBaseline(size);

		for (const [run] of [smsc, sinkSingle, sinkReportBatches]) expect(run).toMatchObject({ messages: 200 });
	});

	it.skipIf(!kannelIsInstalled())(
		`measures Kannel with the same work${kannelIsInstalled() ? "" : " (it is not installed here)"}`,
		async () => {
			const [run] = await measureKannel({ ...size, receiptDelayMs: 500 });

			expect(run).toMatchObject({ messages: 20, requests: 20, sentTwice: 0, reportedTwice: 0 });
		},
		60_000,
	);
});
