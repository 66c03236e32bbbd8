import { describe, expect, it } from "vitest";
import { batchSummaryView } from "#shared/domain/batches/batch-summary.ts";
import { type Message, watchHolder } from "#shared/domain/message/message.ts";
import { aMessage, mondayAtEleven as now } from "#test/fakes/builders.ts";

const minuteMs = 60_000;
const many = (count: number, parts: (index: number) => Partial<Message>) =>
	Array.from({ length: count }, (_, index) => aMessage({ expiresAt: now + 1_440 * minuteMs, ...parts(index) }));
const summaryOf = (messages: readonly Message[], at = now) =>
	batchSummaryView({ batchId: 7, count: messages.length }, messages, at);
/** Its window opens after its expiry. */
const tooLate = { timeBounds: "def", schedule: now + 9 * 60 * minuteMs, expiresAt: now + 12 * 60 * minuteMs } as const;
const usedUp = { holder: watchHolder, repeated: { segmentIndex: 0, times: 3 } } as const;
const sentAt = (at: number) => ({ status: "SENT", sentAt: at }) as const;

describe("the summary of a batch", () => {
	it("counts messages by status and code, and segments (A52)", () => {
		const messages = [
			...many(3, () => ({ segmentCount: 2 })),
			...many(2, () => ({ ...sentAt(now), status: "DELIVERED" })),
			...many(1, () => ({ ...sentAt(now), status: "UNDELIVERABLE", errorCode: "13" })),
			...many(2, () => ({ status: "UNDELIVERABLE", errorCode: "11" })),
		];

		expect(summaryOf(messages)).toMatchObject({
			batch_id: 7,
			message_count: 8,
			segment_count: 11,
			statuses: { NEW: 3, DELIVERED: 2, UNDELIVERABLE: 3 },
			error_codes: { 11: 2, 13: 1 },
			waiting_count: 3,
			sent_count: 3,
		});
	});

	it("has only zeros for a batch without messages that can be read", () => {
		expect(batchSummaryView({ batchId: 7, count: 2 }, [], now)).toMatchObject({
			message_count: 2,
			statuses: {},
			sent_per_second: 0,
			estimated_end: null,
		});
	});

	it("measures the rate over five minutes, and estimates the end by it (A52)", () => {
		const earlier = many(1_000, () => sentAt(now - 6 * minuteMs));
		const lately = many(600, (index) => sentAt(now - 299_000 + index * 400));
		const waiting = many(200, () => ({}));

		const { sent_per_second, estimated_end } = summaryOf([...earlier, ...lately, ...waiting]);

		expect(sent_per_second).toBe(2);
		expect(estimated_end).toBe("2026-11-23 11:01:40");
	});

	it("measures a young batch from its first message on", () => {
		const lately = many(100, (index) => sentAt(now - 10_000 + index));

		expect(summaryOf([...lately, ...many(50, () => ({}))])).toMatchObject({
			sent_per_second: 10,
			estimated_end: "2026-11-23 11:00:05",
		});
	});

	it.each([
		["none was sent", many(5, () => ({})), null],
		["none waits", many(5, () => sentAt(now)), null],
		["all wait for their expiry only", [...many(5, () => sentAt(now)), ...many(5, () => tooLate)], null],
		["the others have used up their submits", [...many(5, () => sentAt(now)), ...many(5, () => usedUp)], null],
		["it is paused", [...many(5, () => sentAt(now)), ...many(1, () => ({ pausedAt: now }))], null],
		["all wait for their schedule", many(5, () => ({ schedule: now + 60 * minuteMs })), "2026-11-23 12:00:00"],
		[
			"some wait for their turn, and the others for their schedule",
			[...many(5, () => sentAt(now)), ...many(5, () => ({})), ...many(1, () => ({ schedule: now + 60 * minuteMs }))],
			"2026-11-23 12:00:00",
		],
	])("estimates no other end if %s", (_, messages, estimatedEnd) => {
		expect(summaryOf(messages).estimated_end).toBe(estimatedEnd);
	});

	it("does not count messages as waiting that no submit is left for (A51)", () => {
		const messages = [...many(2, () => ({})), ...many(3, () => usedUp), ...many(4, () => tooLate)];

		expect(summaryOf(messages)).toMatchObject({ statuses: { NEW: 9 }, waiting_count: 6, scheduled_count: 0 });
	});

	it("tells what the others wait for: their time, or that the batch is resumed", () => {
		const messages = [
			...many(1, () => ({})),
			...many(2, () => ({ schedule: now + 60 * minuteMs, pausedAt: now })),
			...many(3, () => ({ timeBounds: "def" as const })),
			...many(4, () => ({ pausedAt: now })),
		];

		expect(summaryOf(messages)).toMatchObject({ waiting_count: 10, scheduled_count: 2, paused_count: 4 });
		expect(summaryOf(messages, now + 9 * 60 * minuteMs)).toMatchObject({ scheduled_count: 3, paused_count: 6 });
	});
});
