import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newMessage } from "#shared/domain/accept/new-message.ts";
import type { Message, MessageChange } from "#shared/domain/message/message.ts";
import { messageIdOf } from "#shared/domain/message/message-id.ts";
import { ended, receiptApplied } from "#shared/domain/message/message-transitions.ts";
import { receiptsAfterExpiryMs, retentionMaxMs } from "#shared/domain/message/retention.ts";
import { isFinal, type MessageStatus, statuses } from "#shared/domain/message/statuses.ts";
import { normalRecipient } from "#shared/domain/numbers/recipient.ts";
import { readReceipt } from "#shared/domain/receipts/receipt.ts";
import { intoReportBatches, reportBatchesNamedBy, reportBatchSize } from "#shared/domain/reports/report-batches.ts";
import { type SendTime, sendTime } from "#shared/domain/schedule/send-time.ts";
import { slotAt, slotMs } from "#shared/domain/schedule/slots.ts";
import { decidePickUp } from "#shared/domain/send/pick-up.ts";
import { intoSendJobs, sendJobSize } from "#shared/domain/send/send-jobs.ts";
import { almatyText, instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import { nextOpening, type TimeBounds, timeBoundsNames } from "#shared/domain/time/time-bounds.ts";
import { aMessage, anAccount, aRequest, aSentMessage } from "#test/fakes/builders.ts";

const isWithinBounds = (bounds: TimeBounds, at: number) => nextOpening(bounds, at) === at;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** The hour of 29 February 2024 that Almaty's clock showed twice. */
const twice = { from: Date.parse("2024-02-29T18:00:00Z"), until: Date.parse("2024-02-29T19:00:00Z") };
const second = fc.integer({ min: Date.UTC(2006, 0) / 1_000, max: Date.UTC(2040, 0) / 1_000 }).map((one) => one * 1_000);
const nearTheChange = fc.integer({ min: -86_400, max: 86_400 }).map((one) => twice.from + one * 1_000);
const instant = fc.oneof(second, nearTheChange);
const bounds = fc.constantFrom(...timeBoundsNames);

describe("Almaty's clock", () => {
	it("reads back the time that it shows, except in the hour that it showed twice (A13)", () => {
		fc.assert(
			fc.property(instant, (at) => {
				const again = instantFromAlmatyText(almatyText(at));

				expect(again).toBe(at >= twice.from && at < twice.until ? at - hourMs : at);
			}),
			{ numRuns: 500 },
		);
	});

	it("reads any text as an instant that it shows in the same way, or as none (A11)", () => {
		const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
		const parts = fc.tuple(digits(4), digits(2), digits(2), digits(2), digits(2), digits(2));
		const alike = parts.map(([year, month, day, ...time]) => `${year}-${month}-${day} ${time.join(":")}`);

		fc.assert(
			fc.property(fc.oneof(alike, fc.string()), (text) => {
				const at = instantFromAlmatyText(text);

				if (at !== null && at > Date.UTC(2006, 0)) expect(almatyText(at)).toBe(text.trim());
			}),
			{ numRuns: 1_000 },
		);
	});
});

describe("a time window", () => {
	it("opens next at a moment when it is open: within three days, and at once if it is open now (A14)", () => {
		fc.assert(
			fc.property(bounds, instant, (name, at) => {
				const opens = nextOpening(name, at);

				expect(opens).toBeGreaterThanOrEqual(at);
				expect(opens - at).toBeLessThan(3 * dayMs);
				expect(isWithinBounds(name, opens)).toBe(true);
				if (opens > at) expect([isWithinBounds(name, at), isWithinBounds(name, opens - 1)]).toEqual([false, false]);
			}),
			{ numRuns: 500 },
		);
	});
});

function expectValidSendTime(
	when: SendTime,
	now: number,
	timing: Pick<Message, "timeBounds" | "schedule" | "expiresAt">,
) {
	if (when.kind === "never") return;
	const ahead = when.kind === "soon" ? when.delaySeconds * 1_000 : 0;
	const goes = when.kind === "slot" ? when.slot : now + ahead;
	expect(goes).toBeGreaterThanOrEqual(Math.max(now, timing.schedule ?? now));
	expect(isWithinBounds(timing.timeBounds, goes)).toBe(true);
	expect(ahead).toBeLessThanOrEqual(900_000);
	if (when.kind === "slot") expect([goes % slotMs, goes < timing.expiresAt]).toEqual([0, true]);
}

describe("a send time", () => {
	const timing = fc.record({
		timeBounds: bounds,
		schedule: fc.option(fc.integer({ min: -100, max: 960 })),
		life: fc.integer({ min: 0, max: 9 * 1_440 }),
	});

	it("is never early, outside the window or after the expiry, and parks on slots only (A14, A18, A19)", () => {
		fc.assert(
			fc.property(timing, instant, fc.nat(999), ({ timeBounds, schedule, life }, at, ms) => {
				const now = at + ms;
				const slot = Math.floor(now / slotMs) * slotMs;
				const planned = schedule === null ? null : slot + schedule * slotMs;
				const expiresAt = now + life * minuteMs;

				const when = sendTime({ timeBounds, schedule: planned, expiresAt }, now);

				expectValidSendTime(when, now, { timeBounds, schedule: planned, expiresAt });
			}),
			{ numRuns: 500 },
		);
	});

	it("agrees with what is done when the message is picked up at that moment", () => {
		fc.assert(
			fc.property(timing, instant, ({ timeBounds, schedule, life }, now) => {
				const slot = Math.floor(now / slotMs) * slotMs;
				const planned = schedule === null ? null : slot + schedule * slotMs;
				const message = aMessage({ timeBounds, schedule: planned, expiresAt: now + life * minuteMs });

				const picked = decidePickUp(message, now);

				const kinds = { now: "submit", soon: "park", slot: "park", never: "expire" } as const;
				expect(picked.kind).toBe(kinds[sendTime(message, now).kind]);
				if (picked.kind === "park") expect(picked.slot % slotMs).toBe(0);
			}),
			{ numRuns: 500 },
		);
	});
});

describe("the retention of a message", () => {
	const wish = fc.record({
		timeBounds: bounds,
		slots: fc.option(fc.integer({ min: 1, max: 959 })),
		lives: fc.option(fc.integer({ min: 1, max: 40 * 1_440 })),
		retentionDays: fc.integer({ min: 1, max: 400 }),
	});

	it("outlasts each receipt that may still come, and ends before the retention of its report (A50)", () => {
		fc.assert(
			fc.property(wish, instant, ({ timeBounds, slots, lives, retentionDays }, now) => {
				const schedule = slots === null ? null : slotAt(now) + slots * slotMs;
				const expiresAt = lives === null ? null : (schedule ?? now) + lives * minuteMs;
				const retentionMs = retentionDays * dayMs;
				const creation = { now, messageId: 1, attempt: "a", batchId: null, reportBatchId: "p", retentionMs };

				const message = newMessage(anAccount(), aRequest({ timeBounds, schedule, expiresAt }), creation);

				const receiptsUntil = message.expiresAt + receiptsAfterExpiryMs;
				expect(message.keepUntil).toBeGreaterThanOrEqual(receiptsUntil + dayMs);
				expect(message.keepUntil).toBeGreaterThanOrEqual(now + retentionMs);
				expect(message.keepUntil - now).toBeLessThanOrEqual(retentionMaxMs(retentionMs));
			}),
			{ numRuns: 1_000 },
		);
	});
});

describe("a message's status", () => {
	const event = fc.oneof(
		fc.record({ segment: fc.nat(3), status: fc.constantFrom(...statuses) }),
		fc.record({ segment: fc.constant(null), status: fc.constant("EXPIRED" as const) }),
	);

	type Event = { readonly segment: number | null; readonly status: MessageStatus };

	/** A receipt of a segment, or the gateway's own final status where `segment` is null. */
	function changeBy(row: Message, { segment, status }: Event): MessageChange | null {
		const statusUpdate = { status, errorCode: status === "DELIVERED" ? null : "1", at: row.statusAt + 1 };
		return segment === null ? ended(row, statusUpdate) : receiptApplied(row, segment, statusUpdate);
	}

	/** Checks that a message's status agrees with its segments. */
	function expectStatusOfSegments({ status, errorCode, segments }: Message): void {
		const delivered = segments.every((one) => one.status === "DELIVERED");
		if (status === "DELIVERED") expect([delivered, errorCode]).toEqual([true, null]);
		if (segments.every((one) => isFinal(one.status))) expect(isFinal(status)).toBe(true);
	}

	it("with one copy changes from a final status only to DELIVERED, from ACCEPTED or the gateway's own EXPIRED (A35)", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 4 }), fc.array(event, { maxLength: 30 }), (parts, events) => {
				let row: Message = aSentMessage(Array.from({ length: parts }, (_, index) => `s${index}`));
				const ways: string[] = [];
				for (const one of events) {
					const change = changeBy(row, one);
					if (isFinal(row.status) && change?.status !== undefined) ways.push(`${row.status} ${change.status}`);
					row = { ...row, ...change };
					expectStatusOfSegments(row);
				}

				expect([[], ["ACCEPTED DELIVERED"], ["EXPIRED DELIVERED"]]).toContainEqual(ways);
			}),
			{ numRuns: 2_000 },
		);
	});

	it("with several copies may change from any final status to DELIVERED, once (A35)", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 4 }), fc.array(event, { maxLength: 30 }), (parts, events) => {
				let row: Message = aSentMessage(
					Array.from({ length: parts }, (_, index) => `s${index}`),
					{ retryCount: 1 },
				);
				const ways: (MessageStatus | undefined)[] = [];
				for (const one of events) {
					const change = changeBy(row, one);
					if (isFinal(row.status) && change?.status !== undefined) ways.push(change.status);
					if (row.status === "DELIVERED") expect(change).toBeNull();
					row = { ...row, ...change };
					expectStatusOfSegments(row);
				}

				expect([[], ["DELIVERED"]]).toContainEqual(ways);
			}),
			{ numRuns: 2_000 },
		);
	});

	it("with several copies is DELIVERED if any copy of each segment was, in any order of receipts (A33, A35)", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 3 }), fc.array(event, { maxLength: 12 }), (parts, events) => {
				const ids = Array.from({ length: parts }, (_, index) => `s${index}`);
				let row: Message = aSentMessage(ids, { retryCount: 1 });
				for (const one of events) row = { ...row, ...changeBy(row, one) };

				const delivered = new Set(events.flatMap(({ segment, status }) => (status === "DELIVERED" ? [segment] : [])));
				expect(row.status === "DELIVERED").toBe(ids.every((_, index) => delivered.has(index)));
			}),
			{ numRuns: 1_000 },
		);
	});

	it("does not change for a repeated status update", () => {
		fc.assert(
			fc.property(fc.nat(1), fc.array(event, { maxLength: 10 }), (retryCount, events) => {
				let row: Message = aSentMessage(["a", "b"], { retryCount });
				for (const one of events) {
					row = { ...row, ...changeBy(row, one) };

					expect(changeBy(row, one)).toBeNull();
				}
			}),
			{ numRuns: 500 },
		);
	});
});

describe("ids, send jobs and report batches", () => {
	const text = fc.string({ unit: "binary", maxLength: 64 });

	it("are exact as JSON numbers, never 0, and always the same for the same message (A2)", () => {
		fc.assert(
			fc.property(text, text, fc.nat(3), (userName, clientMessageId, place) => {
				const id = messageIdOf("0123456789abcdef", userName, clientMessageId, place);

				expect(Number.isSafeInteger(id) && id > 0).toBe(true);
				expect(id).toBe(messageIdOf("0123456789abcdef", userName, clientMessageId, place));
				expect(Number(JSON.parse(JSON.stringify(id)))).toBe(id);
			}),
		);
	});

	it("contain each message once", () => {
		const message = fc
			.record({
				userName: fc.constantFrom("a", "b"),
				operator: fc.constantFrom("kcell" as const, "tele2" as const),
				priority: fc.constantFrom(0 as const, 3 as const),
			})
			.map((parts) => aMessage(parts));

		fc.assert(
			fc.property(fc.array(message, { maxLength: 250, size: "max" }), (messages) => {
				const ids = messages.map(({ messageId }) => messageId).toSorted();
				let named = 0;
				const sendJobs = intoSendJobs(messages);
				const reportBatches = intoReportBatches(messages, () => `p${++named}`);
				const reportBatchOf = new Map(
					reportBatches.flatMap(({ reportBatchId, messageIds }) => messageIds.map((id) => [id, reportBatchId])),
				);
				const again = reportBatchesNamedBy(
					messages.map((one) => ({ ...one, reportBatchId: reportBatchOf.get(one.messageId) ?? null })),
				);

				expect(sendJobs.flatMap(({ messageIds }) => messageIds).toSorted()).toEqual(ids);
				expect(reportBatches.flatMap(({ messageIds }) => messageIds).toSorted()).toEqual(ids);
				expect(sendJobs.every(({ messageIds }) => messageIds.length <= sendJobSize)).toBe(true);
				expect(reportBatches.every(({ messageIds }) => messageIds.length <= reportBatchSize)).toBe(true);
				expect(again.toSorted((one, other) => (one.reportBatchId < other.reportBatchId ? -1 : 1))).toEqual(
					reportBatches.toSorted((one, other) => (one.reportBatchId < other.reportBatchId ? -1 : 1)),
				);
			}),
		);
	});
});

describe("input from outside", () => {
	it("gives a recipient of eleven digits, which stays the same when read again, or none (A1)", () => {
		const written = fc.string({ unit: fc.constantFrom(..."0123456789+()- 78"), maxLength: 20 });

		fc.assert(
			fc.property(fc.oneof(written, fc.string()), (text) => {
				const recipient = normalRecipient(text);

				if (recipient === null) return;
				expect(recipient).toMatch(/^7[67]\d{9}$/);
				expect(normalRecipient(recipient)).toBe(recipient);
			}),
			{ numRuns: 2_000 },
		);
	});

	it("gives a receipt or none, whatever its octets", () => {
		const field = fc.constantFrom("id:", "stat:", "err:", "text:", " ", "sub:001", "DELIVRD", "done date:", "\n");
		const text = fc.oneof(
			fc.string({ unit: "binary" }),
			fc.array(field).map((all) => all.join("")),
		);

		fc.assert(
			fc.property(text, fc.option(fc.string()), fc.option(fc.nat(255)), (of, smscId, state) => {
				const read = readReceipt({ text: of, smscId, state, networkError: null });

				if (read !== null) expect(read.smscId).not.toBe("");
			}),
			{ numRuns: 1_000 },
		);
	});
});
