import { describe, expect, it } from "vitest";
import type { MessageRequest } from "#shared/domain/accept/message-request.ts";
import { newMessage } from "#shared/domain/accept/new-message.ts";
import type { CreationContext } from "#shared/domain/accept/new-row-fields.ts";
import { refusedMessage } from "#shared/domain/accept/refused-message.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import type { TimeBounds } from "#shared/domain/time/time-bounds.ts";
import { anAccount, aRequest, mondayAtEleven } from "#test/fakes/builders.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const at = (text: string) => instantFromAlmatyText(text) ?? Number.NaN;

function aCreationContext(parts: Partial<CreationContext> = {}): CreationContext {
	return {
		now: mondayAtEleven,
		messageId: 7,
		attempt: "attempt",
		batchId: null,
		retentionMs: 90 * day,
		reportBatchId: "reportBatchId",
		...parts,
	};
}

const createdFrom = (request: Partial<MessageRequest>, now = mondayAtEleven, account: Account = anAccount()) =>
	newMessage(account, aRequest(request), aCreationContext({ now }));

function refusalOf(request: Partial<MessageRequest>, now = mondayAtEleven, account = anAccount()): Refusal {
	try {
		createdFrom(request, now, account);
	} catch (error) {
		if (error instanceof Refusal) return error;
		throw error;
	}
	throw new Error("it was not refused");
}

function anAccountWith(ofSender: TimeBounds | null, ofAccount: TimeBounds, allowed: readonly TimeBounds[] | null) {
	return anAccount({
		senders: [
			{ name: "OTHER", defaultTimeBounds: "ad911", allowedTimeBounds: null },
			{ name: "SMSGW", defaultTimeBounds: ofSender, allowedTimeBounds: allowed },
		],
		defaultTimeBounds: ofAccount,
	});
}

describe("a new message", () => {
	it("is NEW, and has all that its client said", () => {
		const request = aRequest({ text: "x".repeat(161), priority: 3, flash: true, timeBounds: "ad99" });

		const message = newMessage(anAccount({ userName: "demo" }), request, aCreationContext());

		expect(message).toEqual({
			messageId: 7,
			userName: "demo",
			clientMessageId: request.clientMessageId,
			attempt: "attempt",
			batchId: null,
			isFailFast: false,
			sender: "SMSGW",
			recipient: "77010000000",
			text: request.text,
			finalText: "keep",
			textDigest: null,
			priority: 3,
			timeBounds: "ad99",
			flash: true,
			schedule: null,
			scheduleState: null,
			expiresAt: mondayAtEleven + day,
			keepUntil: mondayAtEleven + 90 * day,
			operator: "kcell",
			segmentCount: 2,
			status: "NEW",
			errorCode: null,
			acceptedAt: mondayAtEleven,
			sentAt: null,
			confirmedAt: null,
			statusAt: mondayAtEleven,
			retryCount: 0,
			holder: null,
			waitsUntil: null,
			pausedAt: null,
			clientAddress: null,
			bindIndex: null,
			history: [],
			refused: null,
			repeated: null,
			segments: [],
			reportBatchId: null,
			wantsInterimReports: false,
			sentReportBatchId: null,
			enRouteReportBatchId: null,
			reportPreference: "always",
			refusalText: null,
			unreadFields: [],
			given: { timeBounds: true, expiresAt: null },
			part: null,
			smpp: null,
			revision: 0,
		});
	});

	it.each([
		["is sent at once and expires after a day", {}, 7 * day, mondayAtEleven + 7 * day],
		["is sent at once with a retention of a day", {}, day, mondayAtEleven + (1 + 5) * day],
		["is scheduled past its retention", { schedule: mondayAtEleven + 9.5 * day }, 7 * day, at("2026-12-08 23:00:00")],
		["may be sent for nine days", { expiresAt: mondayAtEleven + 9 * day }, 7 * day, mondayAtEleven + (9 + 5) * day],
		[
			"is scheduled within its retention",
			{ schedule: mondayAtEleven + 9.5 * day },
			90 * day,
			mondayAtEleven + 90 * day,
		],
	])(
		"that %s is kept for its retention, and until its final status is known and reported (A50)",
		(_, request, retentionMs, until) => {
			const message = newMessage(anAccount(), aRequest(request), aCreationContext({ retentionMs }));

			expect(message.keepUntil).toBe(until);
		},
	);

	it("that is refused at once is kept until it is reported, however short its retention (A24, A50)", () => {
		const request = { ...aRequest(), refusal: new Refusal("10"), unreadFields: [] };

		const kept = [day, 90 * day].map(
			(retentionMs) => refusedMessage(anAccount(), request, aCreationContext({ retentionMs })).keepUntil,
		);

		expect(kept).toEqual([mondayAtEleven + 5 * day, mondayAtEleven + 90 * day]);
	});

	it("is refused for a sender of another account, in the document's words (R17, code 10)", () => {
		const refusal = refusalOf({ sender: "BANK" });

		expect(refusal).toMatchObject({ code: "10", field: "sender" });
		expect(refusal.message).toBe("User can't use alias BANK to send messages");
		expect(refusalOf({ sender: "smsgw" }).code).toBe("10");
	});

	it("is refused for a number without an operator (A49, code 34)", () => {
		expect(refusalOf({ recipient: "77990000000" })).toMatchObject({ code: "34", field: "recipient" });
	});
});

describe("the time window of a new message", () => {
	it.each([
		["ad96", "wd99", "wd911", "ad96"],
		[null, "wd99", "wd911", "wd99"],
		[null, null, "wd911", "wd911"],
	] as const)(
		"from %s of the request, %s of its sender and %s of its account, is %s (A17)",
		(asked, ofSender, ofAccount, is) => {
			expect(createdFrom({ timeBounds: asked }, undefined, anAccountWith(ofSender, ofAccount, null)).timeBounds).toBe(
				is,
			);
		},
	);

	it("is refused when the sender may not use it, by request or by default (A17, code 24)", () => {
		const asked = refusalOf({ timeBounds: "full" }, undefined, anAccountWith(null, "def", ["def", "ad96"]));
		const byDefault = refusalOf({}, undefined, anAccountWith(null, "full", ["def"]));

		expect([asked, byDefault]).toMatchObject([
			{ code: "24", field: "time_bounds" },
			{ code: "24", field: "time_bounds" },
		]);
		expect(asked.message).toBe("Timebound not allowed for given sender: SMSGW may use def, ad96, not full");
		expect(createdFrom({ timeBounds: "ad96" }, undefined, anAccountWith(null, "def", ["def", "ad96"])).timeBounds).toBe(
			"ad96",
		);
	});
});

describe("the schedule of a new message", () => {
	it("is planned between 10 minutes and 10 days ahead, both included (R22, R34, A9)", () => {
		const soonest = createdFrom({ schedule: mondayAtEleven + 15 * minute }, mondayAtEleven + 5 * minute);
		const latest = createdFrom({ schedule: mondayAtEleven + 10 * day });

		expect([soonest, latest]).toMatchObject([
			{ scheduleState: "N", status: "NEW" },
			{ scheduleState: "N", status: "NEW" },
		]);
	});

	it("is refused a moment earlier or later than that (A9, code 97)", () => {
		const near = refusalOf({ schedule: mondayAtEleven + 15 * minute }, mondayAtEleven + 5 * minute + 1);
		const far = refusalOf({ schedule: mondayAtEleven + 10 * day }, mondayAtEleven - 1);
		const past = refusalOf({ schedule: mondayAtEleven - 15 * minute });

		expect([near, far, past].map(({ code, field }) => `${code} ${field}`)).toEqual(Array(3).fill("97 schedule"));
	});

	it.each([1, 1_000, minute, 14 * minute + 59_000])("is refused %i ms off its step (R22, A7)", (off) => {
		expect(refusalOf({ schedule: mondayAtEleven + 30 * minute + off })).toMatchObject({ code: "10012" });
	});

	it("is refused for its step before its range (A9)", () => {
		expect(refusalOf({ schedule: mondayAtEleven - 1_000 }).code).toBe("10012");
		expect(refusalOf({ schedule: mondayAtEleven + 11 * day + 1_000 }).code).toBe("10012");
	});

	it("may be outside its time window (A18)", () => {
		const message = createdFrom({ schedule: at("2026-11-28 12:00:00"), timeBounds: "def" });

		expect(message).toMatchObject({ status: "NEW", expiresAt: at("2026-12-01 09:00:00") });
	});
});

describe("the expiry of a new message", () => {
	it.each([
		["acceptance", "2026-11-23 11:00:00", null, "2026-11-24 11:00:00"],
		["its schedule", "2026-11-23 11:00:00", "2026-11-24 12:15:00", "2026-11-25 12:15:00"],
		["the opening of its window", "2026-11-27 18:00:00", null, "2026-12-01 09:00:00"],
		["the opening after its schedule", "2026-11-23 11:00:00", "2026-11-28 12:00:00", "2026-12-01 09:00:00"],
	])("is a day after the first moment it may be sent: %s (R19, A10)", (_, now, schedule, expires) => {
		const message = createdFrom({ schedule: schedule === null ? null : at(schedule), timeBounds: "def" }, at(now));

		expect(message.expiresAt).toBe(at(expires));
	});

	it("is obeyed where it is given (A10)", () => {
		expect(createdFrom({ expiresAt: mondayAtEleven + 1 }).expiresAt).toBe(mondayAtEleven + 1);
	});

	it("is refused when it has passed, or is not after the schedule (A11, code 98)", () => {
		const schedule = mondayAtEleven + 30 * minute;

		const refusals = [
			refusalOf({ expiresAt: mondayAtEleven }),
			refusalOf({ expiresAt: mondayAtEleven - 1 }),
			refusalOf({ schedule, expiresAt: schedule }),
			refusalOf({ schedule, expiresAt: schedule - 1 }),
		];

		expect(refusals.map(({ code, field }) => `${code} ${field}`)).toEqual(Array(4).fill("98 expire_date"));
		expect(createdFrom({ schedule, expiresAt: schedule + 1 }).status).toBe("NEW");
	});

	it("is shortened to nine days, since a lane keeps an entry for ten", () => {
		const schedule = mondayAtEleven + 10 * day;

		expect(createdFrom({ expiresAt: mondayAtEleven + 365 * day }).expiresAt).toBe(mondayAtEleven + 9 * day);
		expect(createdFrom({ schedule, expiresAt: mondayAtEleven + 365 * day }).expiresAt).toBe(schedule + 9 * day);
	});

	it("ends the message at once, with a report, when its time window opens too late (A19)", () => {
		const evening = at("2026-11-24 18:00:00");

		const message = createdFrom({ timeBounds: "def", expiresAt: at("2026-11-25 09:00:00") }, evening);

		expect(message).toMatchObject({
			status: "EXPIRED",
			errorCode: "22",
			statusAt: evening,
			reportBatchId: "reportBatchId",
		});
		expect(createdFrom({ timeBounds: "def", expiresAt: at("2026-11-25 09:00:01") }, evening)).toMatchObject({
			status: "NEW",
			reportBatchId: null,
		});
	});
});
