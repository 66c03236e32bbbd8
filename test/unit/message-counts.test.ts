import { describe, expect, it } from "vitest";
import { hourOf, summed } from "#shared/domain/counts/count.ts";
import {
	countOfReport,
	countsAtAcceptance,
	countsOf,
	countsOfChange,
	countsOfIncoming,
} from "#shared/domain/counts/message-counts.ts";
import { replacedBy } from "#shared/domain/message/history.ts";
import type { Message, MessageChange } from "#shared/domain/message/message.ts";
import { aMessage, anIncomingMessage, mondayAtEleven } from "#test/fakes/builders.ts";

const hour = 3_600_000;
const eleven = hourOf(mondayAtEleven);

const shown = (row: Message) => shownEntries(countsOf(row));
const shownEntries = (entries: ReturnType<typeof countsOf>) =>
	entries.map(({ measure, hour: at, messages, segments }) => [measure, (at - eleven) / hour, messages, segments]);

const segment = { smscId: "1", status: "SENT", statusAt: 0, errorCode: null } as const;

/** Two segments, submitted an hour after its acceptance. */
const sent = aMessage({
	segmentCount: 2,
	status: "SENT",
	segments: [segment, segment],
	sentAt: mondayAtEleven + hour,
	statusAt: mondayAtEleven + hour,
});

describe("what a message counts as", () => {
	it("is accepted once it has a holder, and nothing more until it leaves NEW", () => {
		const message = aMessage({ segmentCount: 3 });

		expect(shownEntries(countsAtAcceptance(message))).toEqual([["accepted", 0, 1, 3]]);
		expect(shown(message)).toEqual([]);
	});

	it("is submitted at the hour of its submit, with the segments that the SMSC took", () => {
		expect(shown(sent)).toEqual([
			["left", 0, 1, 2],
			["submitted", 1, 1, 2],
		]);
		expect(shown({ ...sent, status: "REJECTED", errorCode: "8", segments: [segment] })).toEqual([
			["left", 0, 1, 2],
			["submitted", 1, 1, 1],
			["REJECTED:8", 1, 1, 2],
		]);
	});

	it("is its end with its code, and a report that is owed if its client wants one", () => {
		const expired = aMessage({ status: "EXPIRED", errorCode: "22", statusAt: mondayAtEleven + 2 * hour });

		expect(shown(expired)).toEqual([
			["left", 0, 1, 1],
			["EXPIRED:22", 2, 1, 1],
		]);
		expect(shown({ ...expired, reportBatchId: "one" }).at(-1)).toEqual(["owed", 2, 1, 1]);
		expect(shownEntries([countOfReport(expired, "one")])).toEqual([["reported", 2, 1, 1]]);
	});

	it("is its end only, if it was refused at its acceptance", () => {
		const refused = aMessage({ operator: null, status: "UNDELIVERABLE", errorCode: "11" });

		expect(shownEntries(countsAtAcceptance(refused))).toEqual([["UNDELIVERABLE:11", 0, 1, 1]]);
	});

	it("is, after any changes, the sum of what they added: a message that ends twice counts once (A35)", () => {
		const changes: readonly MessageChange[] = [
			{ segments: [segment] },
			{ status: "SENT", segments: [segment, segment], sentAt: sent.sentAt, statusAt: sent.statusAt },
			{ status: "EN_ROUTE" },
			{ status: "EXPIRED", errorCode: "22", statusAt: mondayAtEleven + 5 * hour, reportBatchId: "one" },
			{ status: "DELIVERED", errorCode: null, statusAt: mondayAtEleven + 7 * hour, reportBatchId: "two" },
		];
		let row = aMessage({ segmentCount: 2 });
		const added = changes.flatMap((change) => {
			const counted = countsOfChange(row, change);
			row = { ...row, ...change };
			return counted;
		});

		expect(new Set(summed(added))).toEqual(new Set(summed(countsOf(row))));
		expect(shownEntries(added).filter(([measure]) => measure === "EXPIRED:22")).toEqual([
			["EXPIRED:22", 5, 1, 2],
			["EXPIRED:22", 5, -1, -2],
		]);
	});

	it("owes and reports both ends of a message that ends twice, each at its own hour", () => {
		const end = {
			status: "EXPIRED",
			errorCode: "22",
			statusAt: mondayAtEleven + 5 * hour,
			reportBatchId: "one",
		} as const;
		const expired: Message = { ...sent, ...end };
		const history = replacedBy(expired, sent.segments, true);
		const delivery = { status: "DELIVERED", errorCode: null, reportBatchId: "two", history } as const;
		const change: MessageChange = { ...delivery, statusAt: mondayAtEleven + 7 * hour };
		const delivered: Message = { ...expired, ...change };
		const ofReports = (entries: ReturnType<typeof countsOf>) =>
			shownEntries(entries.filter(({ measure }) => measure === "owed" || measure === "reported"));

		expect(ofReports(countsOfChange(expired, change))).toEqual([["owed", 7, 1, 2]]);
		expect(ofReports(countsOf(delivered))).toEqual([
			["owed", 5, 1, 2],
			["owed", 7, 1, 2],
		]);
		expect(ofReports([countOfReport(delivered, "one"), countOfReport(delivered, "two")])).toEqual([
			["reported", 5, 1, 2],
			["reported", 7, 1, 2],
		]);
	});

	it("adds nothing by a change that counts as nothing", () => {
		expect(countsOfChange(sent, { status: "EN_ROUTE" })).toEqual([]);
		expect(countsOfChange(aMessage(), {})).toEqual([]);
	});

	it("is incoming for the account that gets it, with its segments", () => {
		const message = anIncomingMessage({ userName: "demo", segmentCount: 2, receivedAt: mondayAtEleven });

		expect(shownEntries(countsOfIncoming(message))).toEqual([["incoming", 0, 1, 2]]);
		expect(countsOfIncoming({ ...message, userName: null })).toEqual([]);
	});
});
