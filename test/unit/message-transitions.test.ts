import { describe, expect, it } from "vitest";
import type { Message, MessageChange } from "#shared/domain/message/message.ts";
import {
	type EntryIds,
	ended,
	expired,
	interrupted,
	received,
	type StatusUpdate,
	type Submission,
	submitted,
} from "#shared/domain/message/message-transitions.ts";
import { type MessageStatus, statuses } from "#shared/domain/message/statuses.ts";
import { aMessage, aSentMessage } from "#test/fakes/builders.ts";

const statusUpdate = (status: MessageStatus, errorCode: string | null = null, at = 5_000): StatusUpdate => ({
	status,
	errorCode,
	at,
});

function aSubmission(parts: Partial<Submission> = {}): Submission {
	return { smscIds: ["a"], sentAt: 1_000, confirmedAt: 2_000, resends: 0, refusal: null, ...parts };
}

/** The message after each piece of news in turn, and whether each changed its status. */
function told(message: Message, ...all: readonly (readonly [segment: number, StatusUpdate])[]) {
	let row = message;
	const changes: (MessageChange | null)[] = [];
	for (const [segment, one] of all) {
		const change = received(row, segment, one);
		changes.push(change);
		row = { ...row, ...change };
	}
	return { row, changes, ends: changes.filter((change) => change?.status !== undefined).length };
}

/** A message that the gateway itself gave up for want of a receipt. */
function givenUp(smscIds: readonly string[]): Message {
	const sent = aSentMessage(smscIds);
	return { ...sent, ...ended(sent, statusUpdate("EXPIRED", "22")) };
}

describe("a message that was handed over", () => {
	it("is SENT with its segments, its times and its resends (R32, R33)", () => {
		const message = aMessage({ segmentCount: 2, retryCount: 1 });

		const change = submitted(message, aSubmission({ smscIds: ["a", "b"], resends: 3 }));

		expect(change).toEqual({
			status: "SENT",
			errorCode: null,
			statusAt: 2_000,
			sentAt: 1_000,
			confirmedAt: 2_000,
			retryCount: 3,
			segments: [
				{ smscId: "a", status: "SENT", statusAt: 2_000, errorCode: null },
				{ smscId: "b", status: "SENT", statusAt: 2_000, errorCode: null },
			],
		});
	});

	it("keeps its segments that were taken and ends as its refused one does", () => {
		const message = aMessage({ segmentCount: 3 });

		const change = submitted(message, aSubmission({ refusal: statusUpdate("REJECTED", "88") }));

		expect(change).toMatchObject({ status: "REJECTED", errorCode: "88", statusAt: 5_000 });
		expect(change?.segments?.map(({ smscId }) => smscId)).toEqual(["a"]);
	});

	it.each([[[]], [["a"]]])("has no confirmation where a segment was refused after %j (R32)", (smscIds) => {
		const change = submitted(
			aMessage({ segmentCount: 2 }),
			aSubmission({ smscIds, refusal: statusUpdate("FAILED", "8") }),
		);

		expect(change).not.toHaveProperty("confirmedAt");
		expect(change).toMatchObject({ status: "FAILED", errorCode: "8", sentAt: 1_000 });
	});

	it("was planned, and is handed on now (R34)", () => {
		expect(submitted(aMessage({ scheduleState: "N" }), aSubmission())).toMatchObject({ scheduleState: "P" });
		expect(submitted(aMessage(), aSubmission())).not.toHaveProperty("scheduleState");
	});

	it.each(["SENT", "EN_ROUTE", "DELIVERED", "EXPIRED", "DELETED"] as const)(
		"changes nothing when it is %s already: the second hand-over adds nothing to the first",
		(status) => {
			expect(submitted(aMessage({ status }), aSubmission())).toBeNull();
		},
	);
});

describe("a message whose hand-over stopped half-way", () => {
	const progress = { smscIds: ["a", "b"], sentAt: 1_000, resends: 0, repeats: 0 };
	const entryIds: EntryIds = ["its entry"];
	const half = (parts: Partial<Message> = {}): Message => {
		const message = aMessage({ segmentCount: 3, ...parts });
		return { ...message, ...interrupted(message, progress, entryIds, 2_000) };
	};

	it("stays NEW, with the segments that were taken", () => {
		const row = half();

		expect(row).toMatchObject({ status: "NEW", sentAt: 1_000, confirmedAt: null, retryCount: 0 });
		expect(row.segments.map(({ smscId, status }) => [smscId, status])).toEqual([
			["a", "SENT"],
			["b", "SENT"],
		]);
	});

	it("changes nothing where its row says so already, or it has ended", () => {
		expect(interrupted(half(), progress, entryIds, 3_000)).toBeNull();
		expect(interrupted(aMessage({ status: "EXPIRED" }), progress, entryIds, 3_000)).toBeNull();
		expect(interrupted(aMessage(), { ...progress, smscIds: [] }, entryIds, 3_000)).toBeNull();
	});

	it("has its progress also where another entry holds it by now, and keeps that holder", () => {
		const row = half({ holder: "another entry", revision: 2 });

		expect(row).toMatchObject({ holder: "another entry", segments: [{ smscId: "a" }, { smscId: "b" }] });
	});

	it("remembers that a submit was never answered, and loses no segment by that (R33)", () => {
		const change = interrupted(half(), { ...progress, smscIds: [], sentAt: 1_500, resends: 1 }, entryIds, 3_000);

		expect(change).toMatchObject({ retryCount: 1, segments: [{ smscId: "a" }, { smscId: "b" }] });
	});

	it("neither ends nor goes EN_ROUTE by receipts of its first segments: the others are still to be sent", () => {
		const { row, ends } = told(
			half(),
			[0, statusUpdate("EN_ROUTE")],
			[0, statusUpdate("DELIVERED")],
			[1, statusUpdate("UNDELIVERABLE", "27")],
		);

		expect([row.status, ends]).toEqual(["NEW", 0]);
		expect(row.segments.map(({ status }) => status)).toEqual(["DELIVERED", "UNDELIVERABLE"]);
	});

	it("keeps its EXPIRED though all that was sent of it is delivered (A19, A35)", () => {
		const row = half();
		const late = { ...row, ...expired(row, 9_000) };

		const { row: end, ends } = told(late, [0, statusUpdate("DELIVERED")], [1, statusUpdate("DELIVERED")]);

		expect(ends).toBe(0);
		expect(end).toMatchObject({ status: "EXPIRED", errorCode: "22" });
	});

	it("ends with the others' receipts once they were sent (A33)", () => {
		const { row } = told(half(), [0, statusUpdate("DELIVERED")]);
		const whole = { ...row, ...submitted(row, aSubmission({ smscIds: ["a", "b", "c"] })) };

		const { row: end, ends } = told(whole, [2, statusUpdate("DELIVERED")], [1, statusUpdate("DELIVERED")]);

		expect([end.status, ends]).toEqual(["DELIVERED", 1]);
	});
});

describe("a message whose time is over", () => {
	it.each([
		["NEW", 0, "22"],
		["NEW", 1, "18"],
		["SENT", 1, "22"],
		["EN_ROUTE", 0, "22"],
	] as const)("is EXPIRED from %s after %i resends, with %s (A19)", (status, retryCount, errorCode) => {
		expect(expired(aMessage({ status, retryCount }), 5_000)).toMatchObject({ status: "EXPIRED", errorCode });
	});

	it("stays as it ended", () => {
		expect(expired(aMessage({ status: "DELIVERED" }), 5_000)).toBeNull();
	});
});

describe("a receipt for a message of one segment", () => {
	it.each([
		["DELIVERED", null],
		["EXPIRED", "22"],
		["UNDELIVERABLE", "27"],
		["ACCEPTED", null],
		["INVALID", "255"],
		["REJECTED", "30"],
		["FAILED", "8"],
		["DELETED", "17"],
	] as const)("ends it %s", (status, errorCode) => {
		const { row } = told(aSentMessage(["a"]), [0, statusUpdate(status, errorCode)]);

		expect(row).toMatchObject({ status, errorCode, statusAt: 5_000 });
		expect(row.segments).toEqual([{ smscId: "a", status, statusAt: 5_000, errorCode }]);
	});

	it("says no more when it comes again (A35)", () => {
		const { changes } = told(aSentMessage(["a"]), [0, statusUpdate("DELIVERED")], [0, statusUpdate("DELIVERED")]);

		expect(changes[1]).toBeNull();
	});

	it("puts it EN_ROUTE once", () => {
		const { row, changes } = told(
			aSentMessage(["a"]),
			[0, statusUpdate("EN_ROUTE")],
			[0, statusUpdate("EN_ROUTE", null, 6_000)],
		);

		expect(row).toMatchObject({ status: "EN_ROUTE", statusAt: 5_000 });
		expect(changes[1]).toBeNull();
	});

	it("may say DELIVERED after ACCEPTED, and takes the code away (A35)", () => {
		const { row, ends } = told(
			aSentMessage(["a"]),
			[0, statusUpdate("ACCEPTED", "255")],
			[0, statusUpdate("DELIVERED", null, 6_000)],
		);

		expect(row).toMatchObject({ status: "DELIVERED", errorCode: null, statusAt: 6_000 });
		expect(ends).toBe(2);
	});

	it.each(["FAILED", "EXPIRED", "UNDELIVERABLE", "INVALID", "REJECTED", "DELETED"] as const)(
		"says DELIVERED in vain after the SMSC's own %s of its only copy (A35)",
		(status) => {
			const { row, changes } = told(
				aSentMessage(["a"]),
				[0, statusUpdate(status, "255")],
				[0, statusUpdate("DELIVERED")],
			);

			expect(changes[1]).toBeNull();
			expect(row).toMatchObject({ status, errorCode: "255" });
		},
	);

	it.each(["EN_ROUTE", "SENT", "UNDELIVERABLE", "ACCEPTED"] as const)("says %s in vain after DELIVERED", (status) => {
		const { changes } = told(aSentMessage(["a"]), [0, statusUpdate("DELIVERED")], [0, statusUpdate(status, "1")]);

		expect(changes[1]).toBeNull();
	});

	it("ignores a receipt for a segment that the message does not have", () => {
		const changes = [-1, 1, 7].map((segment) => received(aSentMessage(["a"]), segment, statusUpdate("DELIVERED")));

		expect(changes.every((change) => change === null)).toBe(true);
		expect(received(aMessage(), 0, statusUpdate("DELIVERED"))).toBeNull();
	});
});

describe("an EXPIRED that the gateway set for want of a receipt", () => {
	it("gives way to a DELIVERED, once (A35)", () => {
		const { row, ends } = told(
			givenUp(["a"]),
			[0, statusUpdate("DELIVERED", null, 9_000)],
			[0, statusUpdate("DELIVERED")],
		);

		expect(row).toMatchObject({ status: "DELIVERED", errorCode: null, statusAt: 9_000 });
		expect(ends).toBe(1);
	});

	it("gives way when the last segment that was waited for is delivered (A33, A35)", () => {
		const sent = aSentMessage(["a", "b"]);
		const { row: half } = told(sent, [0, statusUpdate("DELIVERED")]);
		const expired = { ...half, ...ended(half, statusUpdate("EXPIRED", "22")) };

		const { row, ends } = told(expired, [1, statusUpdate("DELIVERED")]);

		expect(ends).toBe(1);
		expect(row.status).toBe("DELIVERED");
	});

	it.each(["EXPIRED", "UNDELIVERABLE", "REJECTED", "ACCEPTED", "EN_ROUTE"] as const)(
		"stays for a late %s, and makes no second report of it",
		(status) => {
			const { row, ends } = told(givenUp(["a"]), [0, statusUpdate(status, "27")]);

			expect(ends).toBe(0);
			expect(row).toMatchObject({ status: "EXPIRED", errorCode: "22" });
		},
	);

	it("stays for a DELIVERED of one segment after the SMSC's own end of the other", () => {
		const { row, ends } = told(
			givenUp(["a", "b"]),
			[0, statusUpdate("UNDELIVERABLE", "27")],
			[1, statusUpdate("DELIVERED")],
		);

		expect(ends).toBe(0);
		expect(row).toMatchObject({ status: "EXPIRED", errorCode: "22" });
	});

	it("stays once the SMSC has said EXPIRED too: that is no longer the gateway's own", () => {
		const { row } = told(givenUp(["a"]), [0, statusUpdate("EXPIRED", "22")], [0, statusUpdate("DELIVERED")]);

		expect(row.status).toBe("EXPIRED");
	});
});

describe("a message of several segments", () => {
	it("is DELIVERED when the last of them is, in whatever order (A33)", () => {
		const { row, changes, ends } = told(
			aSentMessage(["a", "b", "c"]),
			[2, statusUpdate("DELIVERED", null, 1)],
			[0, statusUpdate("DELIVERED", null, 2)],
			[0, statusUpdate("DELIVERED", null, 3)],
			[1, statusUpdate("DELIVERED", null, 4)],
		);

		expect(changes[0]).not.toHaveProperty("status");
		expect(ends).toBe(1);
		expect(row).toMatchObject({ status: "DELIVERED", statusAt: 4 });
	});

	it("does not end before the last of them, though one has failed (A33)", () => {
		const { row } = told(aSentMessage(["a", "b"]), [0, statusUpdate("UNDELIVERABLE", "27")]);

		expect(row).toMatchObject({ status: "SENT", errorCode: null });
	});

	it("takes the status and code of the one that was not delivered (A33)", () => {
		const { row } = told(
			aSentMessage(["a", "b"]),
			[0, statusUpdate("UNDELIVERABLE", "27")],
			[1, statusUpdate("DELIVERED")],
		);

		expect(row).toMatchObject({ status: "UNDELIVERABLE", errorCode: "27" });
	});

	it("takes the first undelivered one's, by place and not by time", () => {
		const { row } = told(
			aSentMessage(["a", "b"]),
			[1, statusUpdate("EXPIRED", "22")],
			[0, statusUpdate("REJECTED", "30")],
		);

		expect(row).toMatchObject({ status: "REJECTED", errorCode: "30" });
	});

	it("is DELIVERED when its ACCEPTED segment is delivered after all (A35)", () => {
		const { row, ends } = told(
			aSentMessage(["a", "b"]),
			[0, statusUpdate("ACCEPTED")],
			[1, statusUpdate("DELIVERED")],
			[0, statusUpdate("DELIVERED")],
		);

		expect(ends).toBe(2);
		expect(row.status).toBe("DELIVERED");
	});

	it("keeps its refusal when the segments that went before it are delivered", () => {
		const message = aMessage({ segmentCount: 3 });
		const refused = {
			...message,
			...submitted(message, aSubmission({ smscIds: ["a", "b"], refusal: statusUpdate("REJECTED", "69") })),
		};

		const { row, ends } = told(refused, [0, statusUpdate("DELIVERED")], [1, statusUpdate("DELIVERED")]);

		expect(ends).toBe(0);
		expect(row).toMatchObject({ status: "REJECTED", errorCode: "69" });
		expect(row.segments.map(({ status }) => status)).toEqual(["DELIVERED", "DELIVERED"]);
	});

	it("is EN_ROUTE as soon as one of them is", () => {
		const { row, ends } = told(aSentMessage(["a", "b"]), [1, statusUpdate("EN_ROUTE")], [0, statusUpdate("EN_ROUTE")]);

		expect(row.status).toBe("EN_ROUTE");
		expect(ends).toBe(1);
	});
});

describe("a receipt for a message that may have several copies", () => {
	const copies = { retryCount: 1 };
	const undelivered = ["FAILED", "EXPIRED", "UNDELIVERABLE", "ACCEPTED", "INVALID", "REJECTED", "DELETED"] as const;

	it.each(undelivered)("says DELIVERED after %s of another copy, once (A35)", (status) => {
		const { row, ends } = told(
			aSentMessage(["a"], copies),
			[0, statusUpdate(status, "27")],
			[0, statusUpdate("DELIVERED", null, 6_000)],
			[0, statusUpdate("DELIVERED", null, 7_000)],
		);

		expect(row).toMatchObject({ status: "DELIVERED", errorCode: null, statusAt: 6_000 });
		expect(row.segments).toEqual([{ smscId: "a", status: "DELIVERED", statusAt: 6_000, errorCode: null }]);
		expect(ends).toBe(2);
	});

	it.each(statuses)("says %s in vain after DELIVERED of another copy (A35)", (status) => {
		const { changes } = told(
			aSentMessage(["a"], copies),
			[0, statusUpdate("DELIVERED")],
			[0, statusUpdate(status, "1")],
		);

		expect(changes[1]).toBeNull();
	});

	it.each(undelivered)("says nothing but DELIVERED after an end: not %s (A35)", (status) => {
		const { changes } = told(
			aSentMessage(["a"], copies),
			[0, statusUpdate("UNDELIVERABLE", "27")],
			[0, statusUpdate(status, "1")],
		);

		expect(changes[1]).toBeNull();
	});

	it("takes away the reason that another copy's receipt gave", () => {
		const failed = { ...statusUpdate("UNDELIVERABLE", "255"), reason: "01B" };

		const { row } = told(aSentMessage(["a"], copies), [0, failed], [0, statusUpdate("DELIVERED")]);

		expect(row.segments[0]).not.toHaveProperty("reason");
	});

	it("ends it DELIVERED once each segment is, by whichever copy (A33, A35)", () => {
		const { row, changes, ends } = told(
			aSentMessage(["a", "b"], copies),
			[0, statusUpdate("UNDELIVERABLE", "27")],
			[1, statusUpdate("EXPIRED", "22")],
			[1, statusUpdate("DELIVERED")],
			[0, statusUpdate("DELIVERED")],
		);

		expect(changes[2]).not.toHaveProperty("status");
		expect(row).toMatchObject({ status: "DELIVERED", errorCode: null });
		expect(ends).toBe(2);
	});

	it("replaces the gateway's own EXPIRED also after the SMSC's end of another copy (A35)", () => {
		const { row, ends } = told(
			{ ...givenUp(["a"]), ...copies },
			[0, statusUpdate("UNDELIVERABLE", "27")],
			[0, statusUpdate("DELIVERED")],
		);

		expect([row.status, ends]).toEqual(["DELIVERED", 1]);
	});
});

describe("a message with copies that ended before it was recorded as handed over whole", () => {
	const unrecorded = (parts: Partial<Message> = {}) =>
		aMessage({ status: "REJECTED", errorCode: "69", retryCount: 1, reportBatchId: "p", ...parts });

	it.each(["REJECTED", "FAILED", "EXPIRED"] as const)("gives up its %s for the DELIVERED of a copy (A35)", (status) => {
		const { row, ends } = told(unrecorded({ status }), [0, statusUpdate("DELIVERED")], [0, statusUpdate("DELIVERED")]);

		expect(row).toMatchObject({ status: "DELIVERED", errorCode: null, segments: [{ status: "DELIVERED" }] });
		expect(ends).toBe(1);
	});

	it("gives up its EXPIRED where the task that submitted it died before it recorded that, without any copy (A35)", () => {
		const { row, ends } = told(unrecorded({ status: "EXPIRED", errorCode: "22", retryCount: 0 }), [
			0,
			statusUpdate("DELIVERED"),
		]);

		expect([row.status, ends]).toEqual(["DELIVERED", 1]);
	});

	it("does so once all its segments are delivered, in whatever order, and not before (A33)", () => {
		const message = unrecorded({ segmentCount: 3, text: "щ".repeat(150) });

		const { row: part, ends } = told(message, [2, statusUpdate("DELIVERED")], [0, statusUpdate("DELIVERED")]);
		const { row } = told(part, [1, statusUpdate("DELIVERED")]);

		expect([part.status, ends, row.status]).toEqual(["REJECTED", 0, "DELIVERED"]);
	});

	it("does not where its SMSC may have been given it in more parts than that", () => {
		const message = unrecorded({ segmentCount: 1, text: "x".repeat(150) });

		const change = received(message, 0, statusUpdate("DELIVERED"), 2);

		expect(change).toMatchObject({ segments: [{ status: "DELIVERED" }] });
		expect(change).not.toHaveProperty("status");
	});

	it("stays as it ended where it has no copies, or was withdrawn (A23, A35)", () => {
		const withdrawn = { status: "DELETED", schedule: 1, scheduleState: null } as const;

		for (const message of [unrecorded({ retryCount: 0 }), unrecorded(withdrawn)]) {
			expect(received(message, 0, statusUpdate("DELIVERED"))).toBeNull();
		}
	});

	it("has no segment that its text has not", () => {
		for (const segment of [-1, 1, 7]) expect(received(unrecorded(), segment, statusUpdate("DELIVERED"))).toBeNull();
	});
});

describe("the gateway's own end of a message", () => {
	it.each(["NEW", "SENT", "EN_ROUTE"] as const)("replaces %s", (status) => {
		expect(ended(aMessage({ status }), statusUpdate("EXPIRED", "22"))).toEqual({
			status: "EXPIRED",
			errorCode: "22",
			statusAt: 5_000,
		});
	});

	it.each(["DELIVERED", "EXPIRED", "ACCEPTED", "DELETED"] as const)("never replaces %s (A35)", (status) => {
		expect(ended(aMessage({ status }), statusUpdate("EXPIRED", "22"))).toBeNull();
	});
});
