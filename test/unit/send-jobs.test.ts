import { describe, expect, it } from "vitest";
import { laneName, lanes } from "#shared/domain/message/lanes.ts";
import { priorityFrom } from "#shared/domain/message/priorities.ts";
import { intoReportBatches, reportBatchesNamedBy, reportBatchSize } from "#shared/domain/reports/report-batches.ts";
import { intoSendJobs, sendJobSize } from "#shared/domain/send/send-jobs.ts";
import { aMessage } from "#test/fakes/builders.ts";

describe("a send job", () => {
	it("has at most 25 messages, in their order", () => {
		const messages = Array.from({ length: 60 }, (_, index) => aMessage({ messageId: index + 1 }));

		const sendJobs = intoSendJobs(messages);

		expect(sendJobs.map(({ messageIds }) => messageIds.length)).toEqual([sendJobSize, sendJobSize, 10]);
		expect(sendJobs.flatMap(({ messageIds }) => messageIds)).toEqual(messages.map(({ messageId }) => messageId));
	});

	it("has one account, one operator and one priority", () => {
		const messages = [
			aMessage({ userName: "a", operator: "kcell", priority: 0, messageId: 1 }),
			aMessage({ userName: "b", operator: "kcell", priority: 0, messageId: 2 }),
			aMessage({ userName: "a", operator: "tele2", priority: 0, messageId: 3 }),
			aMessage({ userName: "a", operator: "kcell", priority: 3, messageId: 4 }),
			aMessage({ userName: "a", operator: "kcell", priority: 0, messageId: 5 }),
		];

		expect(intoSendJobs(messages)).toEqual([
			{ userName: "a", operator: "kcell", priority: 0, messageIds: [1, 5] },
			{ userName: "b", operator: "kcell", priority: 0, messageIds: [2] },
			{ userName: "a", operator: "tele2", priority: 0, messageIds: [3] },
			{ userName: "a", operator: "kcell", priority: 3, messageIds: [4] },
		]);
	});

	it("does not mix accounts whose names look like another's route", () => {
		const sendJobs = intoSendJobs([aMessage({ userName: 'a","kcell' }), aMessage({ userName: "a" })]);

		expect(sendJobs).toHaveLength(2);
	});

	it("leaves out messages without an operator", () => {
		expect(intoSendJobs([aMessage({ operator: null })])).toEqual([]);
	});
});

describe("a lane", () => {
	it("is one of sixteen, one for each operator and priority", () => {
		expect(lanes).toHaveLength(16);
		expect(new Set(lanes.map(({ name }) => name)).size).toBe(16);
		expect(lanes.every(({ name, operator, priority }) => name === laneName(operator, priority))).toBe(true);
		expect(laneName("kcell", 2)).toBe("kcell-urgent");
	});
});

describe("a priority", () => {
	it.each([
		[0, 0],
		[1, 1],
		[2, 2],
		[3, 3],
		["2", 2],
		[" 3 ", 3],
		["1.0", 1],
		["x", 0],
		["", 0],
		["  ", 0],
		["2x", 0],
		[4, 0],
		[9, 0],
		[-1, 0],
		[1.5, 0],
		["-1", 0],
		[null, 0],
		[undefined, 0],
		[true, 0],
		[[2], 0],
		[{}, 0],
		[Number.NaN, 0],
	])("written as %j is %i: a numeric string counts, anything else is 0 (R18, A32)", (written, priority) => {
		expect(priorityFrom(written)).toBe(priority);
	});
});

describe("a report batch", () => {
	it("has at most a hundred messages of one account, and its own id", () => {
		let named = 0;
		const own = (userName: string, count: number) => Array.from({ length: count }, () => aMessage({ userName }));

		const reportBatches = intoReportBatches(
			[...own("a", 150), ...own("b", 1), ...own("a", 60)],
			() => `batch-${++named}`,
		);

		expect(
			reportBatches.map(({ reportBatchId, userName, messageIds }) => [reportBatchId, userName, messageIds.length]),
		).toEqual([
			["batch-1", "a", reportBatchSize],
			["batch-2", "a", reportBatchSize],
			["batch-3", "a", 10],
			["batch-4", "b", 1],
		]);
	});

	it("named by ended messages has those of them that are given", () => {
		const messages = [
			aMessage({ messageId: 1, reportBatchId: "p", userName: "a" }),
			aMessage({ messageId: 2, reportBatchId: null }),
			aMessage({ messageId: 3, reportBatchId: "q", userName: "b" }),
			aMessage({ messageId: 4, reportBatchId: "p", userName: "a" }),
		];

		expect(reportBatchesNamedBy(messages)).toEqual([
			{ reportBatchId: "p", userName: "a", messageIds: [1, 4] },
			{ reportBatchId: "q", userName: "b", messageIds: [3] },
		]);
	});
});
