import { describe, expect, it } from "vitest";
import { timelineLines } from "#admin/views/timeline-text.ts";
import { withEntries } from "#shared/domain/message/history.ts";
import { historyEntry } from "#shared/domain/message/history-entry.ts";
import { type Message, watchHolder } from "#shared/domain/message/message.ts";
import { receiptApplied, submitted, withdrawn } from "#shared/domain/message/message-transitions.ts";
import { timelineOf } from "#shared/domain/message/timeline.ts";
import { standingKinds, timelineKinds } from "#shared/domain/message/timeline-event.ts";
import type { ReportsById } from "#shared/domain/message/timeline-reports.ts";
import { timelineView } from "#shared/domain/message/timeline-view.ts";
import { aMessage, aSentMessage, mondayAtEleven } from "#test/fakes/builders.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Friday, 27 November 2026, 17:59:30 in Almaty, half a minute before the window `def` closes. */
const fridayEvening = mondayAtEleven + 4 * dayMs + 6 * hourMs + 59.5 * minuteMs;
const nextMonday = mondayAtEleven + 7 * dayMs - 2 * hourMs;

const noReports: ReportsById = new Map();
const textsOf = (message: Message, now: number, reports = noReports) =>
	timelineLines(timelineOf(message, reports, now), now).map(({ text }) => text);
const linesOf = (message: Message, now: number, reports = noReports) =>
	timelineLines(timelineOf(message, reports, now), now).map(({ time, text }) => `${time} ${text}`);

describe("the timeline of a message", () => {
	it("tells an ordinary life from the row alone", () => {
		const sent = aSentMessage(["0A1"], { clientAddress: "203.0.113.5", bindIndex: 1, reportBatchId: "r" });
		const at = sent.statusAt + 2_000;
		const message = { ...sent, ...receiptApplied(sent, 0, { status: "DELIVERED", errorCode: null, at }) };
		const confirmed = { at: at + 1_000, answer: "status 204", tries: 1, messageIds: new Set([message.messageId]) };

		expect(linesOf(message, at + 9_000, new Map([["r", { failed: [], confirmed }]]))).toEqual([
			"2026-11-23 11:00:00 accepted by REST from 203.0.113.5",
			"2026-11-23 11:00:01 submitted to kcell by bind 1",
			"2026-11-23 11:00:01 confirmed by the SMSC, id 0A1",
			"2026-11-23 11:00:03 receipt DELIVRD for 0A1, segment 1: DELIVERED",
			"2026-11-23 11:00:03 ended DELIVERED",
			"2026-11-23 11:00:04 the report of DELIVERED was confirmed, attempt 1: status 204",
		]);
	});

	it("tells the waits for its window, also of a second one, and that it was released", () => {
		const message = aMessage({ acceptedAt: fridayEvening, timeBounds: "def", expiresAt: fridayEvening + 5 * dayMs });
		const sent: Message = {
			...message,
			...{ status: "SENT", sentAt: nextMonday + 5_000, confirmedAt: nextMonday + 6_000, statusAt: nextMonday + 6_000 },
			...{ history: [historyEntry("picked_up", nextMonday + 4_000 - fridayEvening, {})] },
			segments: [{ smscId: "a", status: "SENT", statusAt: nextMonday + 6_000, errorCode: null }],
		};

		expect(linesOf(sent, nextMonday + 7_000)).toEqual([
			"2026-11-27 17:59:30 accepted by REST",
			"2026-11-27 18:00:00 waits for its window (def) until Monday 09:00",
			"2026-11-30 09:00:00 released: queued for its operator",
			"2026-11-30 09:00:04 picked up from its lane",
			"2026-11-30 09:00:05 submitted to kcell",
			"2026-11-30 09:00:06 confirmed by the SMSC, id a",
			"2026-11-30 09:00:07 waits for its receipt, until Wednesday 19:00",
		]);
	});

	it("says what a message waits for now", () => {
		const parked = aMessage({ acceptedAt: fridayEvening + hourMs, timeBounds: "def", expiresAt: nextMonday + dayMs });
		const scheduled = aMessage({ schedule: mondayAtEleven + hourMs, scheduleState: "N" });
		const again = aMessage({ waitsUntil: mondayAtEleven + minuteMs });
		const late = aMessage({ timeBounds: "def", acceptedAt: fridayEvening + hourMs, expiresAt: nextMonday });
		const last = (message: Message, now = mondayAtEleven) => textsOf(message, now).at(-1);

		expect(textsOf(parked, fridayEvening + 2 * hourMs)).toEqual([
			"accepted by REST",
			"waits for its window (def) until Monday 09:00",
			"waits for its window until Monday 09:00",
		]);
		expect(last(scheduled)).toBe("waits for its schedule, 12:00");
		expect(last(again)).toBe("waits until 11:01, because another entry may have submitted it");
		expect(last(late, fridayEvening + 2 * hourMs)).toBe("expires Monday 09:00: its window does not open before");
		expect(last(aMessage({ pausedAt: mondayAtEleven }))).toBe(
			"waits until its batch goes on; it was set aside at 11:00",
		);
		expect(last(aMessage())).toBe("waits for its turn in its lane");
		expect(last(aMessage({ refused: { code: "88", times: 4 } }))).toContain("its SMSC refuses it for now, code 88");
		expect(last(aMessage({ holder: watchHolder }))).toContain("waits for its receipt");
	});

	it("tells each failed attempt before a submit, and counts them", () => {
		const message = aMessage({
			history: [
				historyEntry("refused_for_now", 1_000, { code: "88", bindIndex: 0, times: 3, lastAfterMs: 9_000 }),
				historyEntry("unanswered", 40_000, { bindIndex: 1 }),
			],
		});
		const times = { sentAt: mondayAtEleven + 50_000, confirmedAt: mondayAtEleven + 51_000 };
		const change = submitted(message, { smscIds: ["a"], ...times, resends: 1, refusal: null, bindIndex: 2 });

		expect(linesOf({ ...message, ...change }, mondayAtEleven + minuteMs).slice(1, 5)).toEqual([
			"2026-11-23 11:00:01 refused for now 3 times by bind 0, code 88, Throttling error; ESME has exceeded allowed message limits.; the last time at 2026-11-23 11:00:09",
			"2026-11-23 11:00:40 a submit by bind 1 got no answer",
			"2026-11-23 11:00:50 submitted to kcell by bind 2, attempt 5",
			"2026-11-23 11:00:51 confirmed by the SMSC, id a",
		]);
	});

	it("counts no other entries that were left out as attempts", () => {
		const others = Array.from({ length: 20 }, (_, index) => historyEntry("picked_up", index, {}));
		const unanswered = historyEntry("unanswered", 30, { bindIndex: 0 });
		const message = aSentMessage(["a"], { history: withEntries([], [...others, unanswered]) });

		const texts = textsOf(message, mondayAtEleven + minuteMs);
		expect(texts).toContain("further entries are left out here, 0 failed attempts among them");
		expect(texts).toContain("submitted to kcell, attempt 2");
	});

	it("tells each receipt as it came, and an end that was replaced with its own report", () => {
		const sent = aSentMessage(["a"], { reportBatchId: null });
		const at = (seconds: number) => sent.acceptedAt + seconds * 1_000;
		const buffered = { status: "EN_ROUTE", errorCode: null, at: at(5), state: "BUFFERED", reason: "27" } as const;
		const enRoute = { ...sent, ...receiptApplied(sent, 0, buffered) };
		const expired: Message = {
			...enRoute,
			status: "EXPIRED",
			errorCode: "22",
			statusAt: at(7),
			reportBatchId: "first",
		};
		const delivery = { status: "DELIVERED", errorCode: null, at: at(9), copyId: "b" } as const;
		const message = { ...expired, ...receiptApplied(expired, 0, delivery), reportBatchId: "second" };
		const confirmedAt = (seconds: number) => ({
			failed: [],
			confirmed: { at: at(seconds), answer: null, tries: null, messageIds: new Set([sent.messageId]) },
		});
		const reports = new Map([
			["first", confirmedAt(8)],
			["second", confirmedAt(10)],
		]);

		expect(textsOf(message, at(20), reports).slice(3)).toEqual([
			"receipt BUFFERED err 27 for a, segment 1: EN_ROUTE",
			"ended EXPIRED, code 22, Message expired",
			"the report of EXPIRED was confirmed",
			"receipt DELIVRD for b, segment 1: DELIVERED",
			"ended DELIVERED",
			"the report of DELIVERED was confirmed",
		]);
	});

	it("says when a part was confirmed, whatever came after, and not of a submit without an answer", () => {
		const at = mondayAtEleven + 1_000;
		const part = { smscId: "a", status: "SENT", statusAt: at + 500, errorCode: null } as const;
		const end = { status: "EXPIRED", errorCode: "22", statusAt: at + hourMs, sentAt: at, segmentCount: 2 } as const;
		const confirmed = (segments: Message["segments"]) =>
			linesOf(aMessage({ ...end, segments }), at + 2 * hourMs).filter((text) => text.includes("confirmed"));

		expect(confirmed([part])).toEqual(["2026-11-23 11:00:01 confirmed in part by the SMSC, id a"]);
		expect(confirmed([{ ...part, status: "DELIVERED", statusAt: at + 9_000 }])[0]).toContain("11:00:01 confirmed");
		expect(confirmed([{ ...part, smscId: "", status: "FAILED" }])).toEqual([]);
	});

	it("keeps the waits of a message that ended after a submit without an answer", () => {
		const message = aMessage({
			...{ acceptedAt: fridayEvening, timeBounds: "def", expiresAt: nextMonday + dayMs, sentAt: fridayEvening + 1_000 },
			...{ status: "EXPIRED", errorCode: "22", statusAt: nextMonday + dayMs },
		});
		const deleted: Message = { ...message, status: "DELETED", errorCode: null, statusAt: nextMonday + hourMs };

		expect(textsOf(message, nextMonday + dayMs)).toContain("waits for its window (def) until Monday 09:00");
		expect(textsOf(deleted, nextMonday + dayMs)).toContain("waits for its window (def) until Monday 09:00");
	});

	it("tells an end that was replaced after the receipt that caused it, at the same time", () => {
		const at = mondayAtEleven + 5_000;
		const failed = { smscId: "a", status: "FAILED", statusAt: at, errorCode: "22" } as const;
		const message = aSentMessage(["a"], {
			...{ segments: [failed], status: "DELIVERED", statusAt: at + 1_000 },
			history: [historyEntry("ended", 5_000, { status: "FAILED", errorCode: "22", reportBatchId: null })],
		});

		const kinds = timelineOf(message, noReports, at + 2_000).events.map(({ kind }) => kind);
		expect(kinds.slice(-3)).toEqual(["receipt", "ended", "ended"]);
	});

	it("tells one receipt for all segments once", () => {
		const sent = aSentMessage(["a", "b"]);
		const change = receiptApplied(
			sent,
			0,
			{ status: "DELIVERED", errorCode: null, at: sent.statusAt + 1_000 },
			{ parts: 2, isForAll: true },
		);

		expect(textsOf({ ...sent, ...change }, sent.statusAt + 2_000).filter((text) => text.startsWith("receipt"))).toEqual(
			["receipt DELIVRD for a, segment 1, 2: DELIVERED"],
		);
	});

	it("tells a withdrawal, a refusal by the gateway, and one by the SMSC", () => {
		const scheduled = aMessage({ schedule: mondayAtEleven + hourMs, scheduleState: "N" });
		const gone = { ...scheduled, ...withdrawn(scheduled, mondayAtEleven + minuteMs) };
		const refused = aMessage({
			status: "UNDELIVERABLE",
			errorCode: "11",
			refusalText: "what is wrong",
			operator: null,
		});
		const taken = aMessage();
		const refusal = { status: "REJECTED", errorCode: "11", at: mondayAtEleven + 2_000 } as const;
		const times = { sentAt: mondayAtEleven + 1_000, confirmedAt: mondayAtEleven + 2_000 };
		const rejected = { ...taken, ...submitted(taken, { smscIds: [], ...times, resends: 0, refusal, bindIndex: 0 }) };

		const ofBatch = aMessage({ status: "DELETED", statusAt: mondayAtEleven + minuteMs });
		expect(textsOf(ofBatch, mondayAtEleven + hourMs)[1]).toBe("withdrawn by the client");
		expect(textsOf(gone, mondayAtEleven + hourMs)).toEqual([
			"accepted by REST",
			"waits for its schedule, 12:00",
			"withdrawn by the client",
		]);
		expect(textsOf(refused, mondayAtEleven)).toEqual([
			"accepted by REST",
			"ended UNDELIVERABLE, code 11, what is wrong",
		]);
		expect(textsOf(rejected, mondayAtEleven + hourMs).slice(1)).toEqual([
			"submitted to kcell by bind 0",
			expect.stringMatching(/^ended REJECTED, code 11, /),
		]);
	});

	it("tells each attempt of a report, and when the next is due, until it is given up", () => {
		const message = aMessage({ status: "EXPIRED", errorCode: "22", reportBatchId: "r", statusAt: mondayAtEleven });
		const first = { tries: 1, at: mondayAtEleven + 1_000, answer: "status 500", nextAt: mondayAtEleven + 6_000 };
		const last = { tries: 2, at: mondayAtEleven + 6_000, answer: "status 410", nextAt: null };
		const shown = (failed: readonly (typeof first | typeof last)[]) =>
			textsOf(message, mondayAtEleven + 2_000, new Map([["r", { failed, confirmed: null }]])).slice(2);

		expect(shown([first])).toEqual([
			"the report of EXPIRED was not confirmed, attempt 1: status 500; the next is due 11:00:06",
			"waits for its client to confirm its report, next attempt 11:00:06",
		]);
		expect(shown([first, last])[1]).toBe("the report of EXPIRED was given up after attempt 2: status 410");
		expect(shown([first, last])).toHaveLength(2);
	});

	it("tells that a report was given up which an SMPP client refused for good, and confirmed the others", () => {
		const message = aMessage({ status: "EXPIRED", errorCode: "22", reportBatchId: "r", statusAt: mondayAtEleven });
		const messageIds = new Set([message.messageId, 1]);
		const refused = { answer: "command_status 101", messageIds: new Set([message.messageId]) };
		const confirmed = { at: mondayAtEleven + 1_000, answer: "deliver_sm_resp", tries: null, messageIds, refused };
		const reports = new Map([["r", { failed: [], confirmed }]]);

		expect(textsOf(message, mondayAtEleven + 2_000, reports).slice(2)).toEqual([
			"the report of EXPIRED was given up: command_status 101",
		]);
		expect(textsOf({ ...message, messageId: 1 }, mondayAtEleven + 2_000, reports).at(-1)).toBe(
			"the report of EXPIRED was confirmed: deliver_sm_resp",
		);
	});

	it("waits for no report longer than any queue keeps one", () => {
		const message = aMessage({ status: "EXPIRED", errorCode: "22", reportBatchId: "r", statusAt: mondayAtEleven });
		const standing = (now: number) => timelineOf(message, noReports, now).standing.kind;

		expect(standing(mondayAtEleven + 14 * dayMs)).toBe("report");
		expect(standing(mondayAtEleven + 16 * dayMs)).toBe("nothing");
	});

	it("names the channel and address of a message by SMPP", () => {
		const smpp = { session: null, address: "2001:db8::1", reference: null, receiptId: null, messageClass: null };

		expect(textsOf(aMessage({ smpp, batchId: 7 }), mondayAtEleven)[0]).toBe(
			"accepted by SMPP from 2001:db8::1, in batch 7",
		);
	});

	it("of a long life has few events, whatever its window", () => {
		const message = aMessage({ timeBounds: "ad96", expiresAt: mondayAtEleven + 400 * dayMs });

		expect(timelineOf(message, noReports, mondayAtEleven + 399 * dayMs).events.length).toBeLessThan(100);
	});

	it("has a list of its kinds that is complete", () => {
		expect(new Set(timelineKinds).size).toBe(17);
		expect(new Set(standingKinds).size).toBe(9);
	});
});

describe("the timeline as JSON", () => {
	const message = aSentMessage(["a"], {
		...{ bindIndex: 2, clientAddress: "203.0.113.5" },
		history: [
			historyEntry("picked_up", 500, {}),
			historyEntry("refused_for_now", 600, { code: "88", bindIndex: 1, times: 1, lastAfterMs: 600 }),
		],
	});
	const timeline = timelineOf(message, noReports, mondayAtEleven + 5_000);

	it("shows a client neither binds nor tasks", () => {
		const view = timelineView(timeline, "client");

		expect(view.history.map(({ event }) => event)).toEqual(["accepted", "refused_for_now", "submitted", "confirmed"]);
		expect(JSON.stringify(view)).not.toContain("bind");
		expect(view).toMatchObject({ waits_for: "receipt", waits_until: "2026-11-24 12:00:00" });
	});

	it("shows an operator both", () => {
		const { history } = timelineView(timeline, "operator");

		expect(history.map(({ event }) => event)).toContain("picked_up");
		expect(history.flatMap(({ bind }) => bind ?? [])).toEqual([1, 2]);
	});
});
