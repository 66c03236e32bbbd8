import { describe, expect, it } from "vitest";
import type { Message, MessageChange } from "#shared/domain/message/message.ts";
import {
	type EntryIds,
	ended,
	expired,
	interrupted,
	receiptApplied,
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

/** The message after each status update in turn, the changes, and how many of them changed its status. */
function afterReceipts(message: Message, ...all: readonly (readonly [segment: number, StatusUpdate])[]) {
	let row = message;
	const changes: (MessageChange | null)[] = [];
	for (const [segment, one] of all) {
		const change = receiptApplied(row, segment, one);
		changes.push(change);
		row = { ...row, ...change };
	}
	return { row, changes, ends: changes.filter((change) => change?.status !== undefined).length };
}

/** A message that the gateway ended itself because no receipt came. */
function expiredWithoutReceipt(smscIds: readonly string[]): Message {
	const sent = aSentMessage(smscIds);
	return { ...sent, ...ended(sent, statusUpdate("EXPIRED", "22")) };
}

describe("a submitted message", () => {
	it("is SENT with its segments, times and resends (R32, R33)", () => {
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

	it("keeps its accepted segments and ends with the status of the refused one", () => {
		const message = aMessage({ segmentCount: 3 });

		const change = submitted(message, aSubmission({ refusal: statusUpdate("REJECTED", "88") }));

		expect(change).toMatchObject({ status: "REJECTED", errorCode: "88", statusAt: 5_000 });
		expect(change?.segments?.map(({ smscId }) => smscId)).toEqual(["a"]);
	});

	it.each([[[]], [["a"]]])("has no confirmation when a segment was refused after %j (R32)", (smscIds) => {
		const change = submitted(
			aMessage({ segmentCount: 2 }),
			aSubmission({ smscIds, refusal: statusUpdate("FAILED", "8") }),
		);

		expect(change).not.toHaveProperty("confirmedAt");
		expect(change).toMatchObject({ status: "FAILED", errorCode: "8", sentAt: 1_000 });
	});

	it("changes its schedule state from planned to handed on (R34)", () => {
		expect(submitted(aMessage({ scheduleState: "N" }), aSubmission())).toMatchObject({ scheduleState: "P" });
		expect(submitted(aMessage(), aSubmission())).not.toHaveProperty("scheduleState");
	});

	it.each(["SENT", "EN_ROUTE", "DELIVERED", "EXPIRED", "DELETED"] as const)(
		"does not change when it is %s already: a second submission adds nothing",
		(status) => {
			expect(submitted(aMessage({ status }), aSubmission())).toBeNull();
		},
	);
});

describe("a partly submitted message", () => {
	const progress = { smscIds: ["a", "b"], sentAt: 1_000, resends: 0, repeats: 0 };
	const entryIds: EntryIds = ["its entry"];
	const partlySent = (parts: Partial<Message> = {}): Message => {
		const message = aMessage({ segmentCount: 3, ...parts });
		return { ...message, ...interrupted(message, progress, entryIds, 2_000) };
	};

	it("stays NEW, with its accepted segments", () => {
		const row = partlySent();

		expect(row).toMatchObject({ status: "NEW", sentAt: 1_000, confirmedAt: null, retryCount: 0 });
		expect(row.segments.map(({ smscId, status }) => [smscId, status])).toEqual([
			["a", "SENT"],
			["b", "SENT"],
		]);
	});

	it("does not change when its row has this progress already, or when it has ended", () => {
		expect(interrupted(partlySent(), progress, entryIds, 3_000)).toBeNull();
		expect(interrupted(aMessage({ status: "EXPIRED" }), progress, entryIds, 3_000)).toBeNull();
		expect(interrupted(aMessage(), { ...progress, smscIds: [] }, entryIds, 3_000)).toBeNull();
		const refused = { code: "8", times: 4 };
		const known = { ...progress, smscIds: [], refused };
		expect(interrupted(aMessage({ refused }), known, entryIds, 3_000)).toBeNull();
	});

	it("records how often its SMSC has refused it, and that it does not any more", () => {
		const refused = { code: "8", times: 4 };
		const own = { ...progress, smscIds: [], refused };

		expect(interrupted(aMessage(), own, entryIds, 3_000)).toMatchObject({ refused });
		expect(interrupted(aMessage({ refused }), { ...own, refused: null }, entryIds, 3_000)).toMatchObject({
			refused: null,
		});
	});

	it("records its progress even if another entry holds it now, and keeps that holder", () => {
		const row = partlySent({ holder: "another entry", revision: 2 });

		expect(row).toMatchObject({ holder: "another entry", segments: [{ smscId: "a" }, { smscId: "b" }] });
	});

	it("records an unanswered submit without losing a segment (R33)", () => {
		const change = interrupted(partlySent(), { ...progress, smscIds: [], sentAt: 1_500, resends: 1 }, entryIds, 3_000);

		expect(change).toMatchObject({ retryCount: 1, segments: [{ smscId: "a" }, { smscId: "b" }] });
	});

	it("neither ends nor goes EN_ROUTE by receipts of its first segments: the others must still be sent", () => {
		const { row, ends } = afterReceipts(
			partlySent(),
			[0, statusUpdate("EN_ROUTE")],
			[0, statusUpdate("DELIVERED")],
			[1, statusUpdate("UNDELIVERABLE", "27")],
		);

		expect([row.status, ends]).toEqual(["NEW", 0]);
		expect(row.segments.map(({ status }) => status)).toEqual(["DELIVERED", "UNDELIVERABLE"]);
	});

	it("keeps its EXPIRED even if all its sent segments are delivered (A19, A35)", () => {
		const row = partlySent();
		const late = { ...row, ...expired(row, 9_000) };

		const { row: end, ends } = afterReceipts(late, [0, statusUpdate("DELIVERED")], [1, statusUpdate("DELIVERED")]);

		expect(ends).toBe(0);
		expect(end).toMatchObject({ status: "EXPIRED", errorCode: "22" });
	});

	it("ends with the receipts of its other segments once they are sent (A33)", () => {
		const { row } = afterReceipts(partlySent(), [0, statusUpdate("DELIVERED")]);
		const whole = { ...row, ...submitted(row, aSubmission({ smscIds: ["a", "b", "c"] })) };

		const { row: end, ends } = afterReceipts(whole, [2, statusUpdate("DELIVERED")], [1, statusUpdate("DELIVERED")]);

		expect([end.status, ends]).toEqual(["DELIVERED", 1]);
	});
});

describe("a count of a repeat that was not submitted (A51)", () => {
	const entryIds: EntryIds = ["its entry"];
	const progress = { smscIds: [], sentAt: null, resends: 0, repeats: 1, unusedCountId: "own" };
	const counted = (parts: Partial<Message> = {}) =>
		aMessage({ holder: "its entry", repeated: { segmentIndex: 0, times: 2, countId: "own" }, ...parts });
	const taken = { smscId: "a", status: "SENT", statusAt: 0, errorCode: null } as const;

	it("is taken back, once", () => {
		const row = counted();

		const change = interrupted(row, progress, entryIds, 3_000);

		expect(change).toMatchObject({ repeated: { segmentIndex: 0, times: 1 } });
		expect(interrupted({ ...row, ...change }, progress, entryIds, 3_000)).toBeNull();
	});

	it.each<[string, Partial<Message>]>([
		["another task has counted the same repeat", { repeated: { segmentIndex: 0, times: 2, countId: "another" } }],
		["another task has counted since", { repeated: { segmentIndex: 0, times: 3, countId: "another" } }],
		["an older version has counted since", { repeated: { segmentIndex: 0, times: 2 } }],
		["another entry holds the message", { holder: "another entry" }],
		["the message waits for its receipt", { holder: "watch" }],
		["the segment was answered", { segments: [taken], repeated: { segmentIndex: 0, times: 2, countId: "own" } }],
	])("stays when %s", (_, parts) => {
		const row = counted(parts);

		const change = interrupted(row, progress, entryIds, 3_000);

		expect(change?.repeated ?? row.repeated).toMatchObject({ times: row.repeated?.times });
	});
});

describe("a message that two tasks submit at once", () => {
	const entryIds: EntryIds = ["its entry"];
	const first = { smscIds: ["a", "b"], sentAt: 1_000, resends: 0, repeats: 0 };
	const counted = aMessage({ segmentCount: 4, repeated: { segmentIndex: 0, times: 1 } });
	const partlySent = { ...counted, ...interrupted(counted, first, entryIds, 2_000) };
	const statusesOf = ({ segments }: Message) => segments.map(({ status }) => status);

	it.each(statuses.filter((status) => status !== "NEW" && status !== "SENT"))(
		"keeps a segment's %s when the other copy is recorded (A51)",
		(status) => {
			const { row } = afterReceipts(partlySent, [0, statusUpdate(status, "1")]);

			const whole = { ...row, ...submitted(row, aSubmission({ smscIds: ["e", "f", "g", "h"] })) };

			expect(whole.segments[0]).toEqual(row.segments[0]);
			expect(whole.segments.slice(1).map(({ smscId, status: now }) => [smscId, now])).toEqual([
				["f", "SENT"],
				["g", "SENT"],
				["h", "SENT"],
			]);
		},
	);

	it("is DELIVERED once any copy of each segment is (A33, A35, A51)", () => {
		const { row } = afterReceipts(partlySent, [0, statusUpdate("DELIVERED")]);
		const whole = { ...row, ...submitted(row, aSubmission({ smscIds: ["e", "f", "g", "h"] })) };

		const { row: end } = afterReceipts(
			whole,
			...[3, 2, 1].map((segment) => [segment, statusUpdate("DELIVERED")] as const),
		);

		expect([end.status, statusesOf(end)]).toEqual(["DELIVERED", Array(4).fill("DELIVERED")]);
	});

	it("keeps a segment's status when the other copy was interrupted further on", () => {
		const { row } = afterReceipts(partlySent, [1, statusUpdate("DELIVERED")]);

		const change = interrupted(row, { ...first, smscIds: ["e", "f", "g"] }, entryIds, 3_000);

		expect(change?.segments?.map(({ status }) => status)).toEqual(["SENT", "DELIVERED", "SENT"]);
	});

	it("keeps its segments when the SMSC refuses an earlier one of the other copy", () => {
		const { row } = afterReceipts(partlySent, [1, statusUpdate("DELIVERED")]);
		const refusal = statusUpdate("REJECTED", "11");

		const change = submitted(row, aSubmission({ smscIds: ["e"], refusal }));

		expect(change).toMatchObject({ status: "REJECTED", segments: [{ smscId: "e" }, { status: "DELIVERED" }] });
	});

	it("gets the SMSC's id of a segment whose receipt came before it was recorded", () => {
		const atCap = { ...counted, segmentCount: 2, holder: "watch" };
		const { row } = afterReceipts(atCap, [1, statusUpdate("DELIVERED")]);

		const whole = { ...row, ...submitted(row, aSubmission({ smscIds: ["a", "b"] })) };

		expect(whole.segments.map(({ smscId, status }) => [smscId, status])).toEqual([
			["a", "SENT"],
			["b", "DELIVERED"],
		]);
	});

	it("is cut anew if the settings of its SMSC changed, and keeps no receipt of the earlier parts", () => {
		const { row } = afterReceipts(partlySent, [0, statusUpdate("DELIVERED")], [1, statusUpdate("DELIVERED")]);

		const change = submitted(row, aSubmission({ smscIds: ["e", "f"] }));

		expect(change?.segments?.map(({ smscId, status }) => [smscId, status])).toEqual([
			["e", "SENT"],
			["f", "SENT"],
		]);
	});
});

describe("a receipt with another id than the row's", () => {
	it.each([
		["after", [true, false]],
		["before", [false, true]],
	] as const)(
		"shows that there are copies: DELIVERED of any wins, also %s the recorded one's (A35, A51)",
		(_, isOfCopy) => {
			const sent = aSentMessage(["a"]);
			const failed = receiptApplied(sent, 0, statusUpdate("UNDELIVERABLE", "27"), {
				parts: 1,
				isOfCopy: isOfCopy[0],
			});
			const row = { ...sent, ...failed };

			const change = receiptApplied(row, 0, statusUpdate("DELIVERED"), { parts: 1, isOfCopy: isOfCopy[1] });

			expect([row.status, change?.status]).toEqual(["UNDELIVERABLE", "DELIVERED"]);
		},
	);
});

describe("an expired message", () => {
	it.each([
		["NEW", 0, "22"],
		["NEW", 1, "18"],
		["SENT", 1, "22"],
		["EN_ROUTE", 0, "22"],
	] as const)("is EXPIRED from %s after %i resends, with code %s (A19)", (status, retryCount, errorCode) => {
		expect(expired(aMessage({ status, retryCount }), 5_000)).toMatchObject({ status: "EXPIRED", errorCode });
	});

	it.each([
		["NEW", "8"],
		["SENT", "22"],
	] as const)("has the code of its last temporary refusal if it is %s: %s (A19)", (status, errorCode) => {
		const refused = { code: "8", times: 4 };

		expect(expired(aMessage({ status, retryCount: 1, refused }), 5_000)).toMatchObject({ errorCode });
	});

	it("keeps a final status", () => {
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
		const { row } = afterReceipts(aSentMessage(["a"]), [0, statusUpdate(status, errorCode)]);

		expect(row).toMatchObject({ status, errorCode, statusAt: 5_000 });
		expect(row.segments).toEqual([{ smscId: "a", status, statusAt: 5_000, errorCode }]);
	});

	it("changes nothing when it comes again (A35)", () => {
		const { changes } = afterReceipts(
			aSentMessage(["a"]),
			[0, statusUpdate("DELIVERED")],
			[0, statusUpdate("DELIVERED")],
		);

		expect(changes[1]).toBeNull();
	});

	it("makes it EN_ROUTE once", () => {
		const { row, changes } = afterReceipts(
			aSentMessage(["a"]),
			[0, statusUpdate("EN_ROUTE")],
			[0, statusUpdate("EN_ROUTE", null, 6_000)],
		);

		expect(row).toMatchObject({ status: "EN_ROUTE", statusAt: 5_000 });
		expect(changes[1]).toBeNull();
	});

	it("with DELIVERED replaces ACCEPTED, and removes the code (A35)", () => {
		const { row, ends } = afterReceipts(
			aSentMessage(["a"]),
			[0, statusUpdate("ACCEPTED", "255")],
			[0, statusUpdate("DELIVERED", null, 6_000)],
		);

		expect(row).toMatchObject({ status: "DELIVERED", errorCode: null, statusAt: 6_000 });
		expect(ends).toBe(2);
	});

	it.each(["FAILED", "EXPIRED", "UNDELIVERABLE", "INVALID", "REJECTED", "DELETED"] as const)(
		"with DELIVERED changes nothing after the SMSC's own %s of its only copy (A35)",
		(status) => {
			const { row, changes } = afterReceipts(
				aSentMessage(["a"]),
				[0, statusUpdate(status, "255")],
				[0, statusUpdate("DELIVERED")],
			);

			expect(changes[1]).toBeNull();
			expect(row).toMatchObject({ status, errorCode: "255" });
		},
	);

	it.each(["EN_ROUTE", "SENT", "UNDELIVERABLE", "ACCEPTED"] as const)(
		"with %s changes nothing after DELIVERED",
		(status) => {
			const { changes } = afterReceipts(
				aSentMessage(["a"]),
				[0, statusUpdate("DELIVERED")],
				[0, statusUpdate(status, "1")],
			);

			expect(changes[1]).toBeNull();
		},
	);

	it("is ignored for a segment that the message does not have", () => {
		const changes = [-1, 1, 7].map((segment) =>
			receiptApplied(aSentMessage(["a"]), segment, statusUpdate("DELIVERED")),
		);

		expect(changes.every((change) => change === null)).toBe(true);
		expect(receiptApplied(aMessage(), 0, statusUpdate("DELIVERED"))).toBeNull();
	});
});

describe("an EXPIRED that the gateway set because no receipt came", () => {
	it("is replaced by DELIVERED, once (A35)", () => {
		const { row, ends } = afterReceipts(
			expiredWithoutReceipt(["a"]),
			[0, statusUpdate("DELIVERED", null, 9_000)],
			[0, statusUpdate("DELIVERED")],
		);

		expect(row).toMatchObject({ status: "DELIVERED", errorCode: null, statusAt: 9_000 });
		expect(ends).toBe(1);
	});

	it("is replaced when the last missing segment is delivered (A33, A35)", () => {
		const sent = aSentMessage(["a", "b"]);
		const { row: partlySent } = afterReceipts(sent, [0, statusUpdate("DELIVERED")]);
		const expired = { ...partlySent, ...ended(partlySent, statusUpdate("EXPIRED", "22")) };

		const { row, ends } = afterReceipts(expired, [1, statusUpdate("DELIVERED")]);

		expect(ends).toBe(1);
		expect(row.status).toBe("DELIVERED");
	});

	it.each(["EXPIRED", "UNDELIVERABLE", "REJECTED", "ACCEPTED", "EN_ROUTE"] as const)(
		"stays after a late %s, without a second report",
		(status) => {
			const { row, ends } = afterReceipts(expiredWithoutReceipt(["a"]), [0, statusUpdate(status, "27")]);

			expect(ends).toBe(0);
			expect(row).toMatchObject({ status: "EXPIRED", errorCode: "22" });
		},
	);

	it("stays after DELIVERED of one segment and the SMSC's own final status of the other", () => {
		const { row, ends } = afterReceipts(
			expiredWithoutReceipt(["a", "b"]),
			[0, statusUpdate("UNDELIVERABLE", "27")],
			[1, statusUpdate("DELIVERED")],
		);

		expect(ends).toBe(0);
		expect(row).toMatchObject({ status: "EXPIRED", errorCode: "22" });
	});

	it("stays once the SMSC has reported EXPIRED too: then it is no longer the gateway's own", () => {
		const { row } = afterReceipts(
			expiredWithoutReceipt(["a"]),
			[0, statusUpdate("EXPIRED", "22")],
			[0, statusUpdate("DELIVERED")],
		);

		expect(row.status).toBe("EXPIRED");
	});
});

describe("a message of several segments", () => {
	it("is DELIVERED when the last of them is, in any order (A33)", () => {
		const { row, changes, ends } = afterReceipts(
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

	it("does not end before the last of them, even if one has failed (A33)", () => {
		const { row } = afterReceipts(aSentMessage(["a", "b"]), [0, statusUpdate("UNDELIVERABLE", "27")]);

		expect(row).toMatchObject({ status: "SENT", errorCode: null });
	});

	it("has the status and code of the undelivered one (A33)", () => {
		const { row } = afterReceipts(
			aSentMessage(["a", "b"]),
			[0, statusUpdate("UNDELIVERABLE", "27")],
			[1, statusUpdate("DELIVERED")],
		);

		expect(row).toMatchObject({ status: "UNDELIVERABLE", errorCode: "27" });
	});

	it("has the status of the first undelivered one, by place and not by time", () => {
		const { row } = afterReceipts(
			aSentMessage(["a", "b"]),
			[1, statusUpdate("EXPIRED", "22")],
			[0, statusUpdate("REJECTED", "30")],
		);

		expect(row).toMatchObject({ status: "REJECTED", errorCode: "30" });
	});

	it("is DELIVERED when its ACCEPTED segment is delivered later (A35)", () => {
		const { row, ends } = afterReceipts(
			aSentMessage(["a", "b"]),
			[0, statusUpdate("ACCEPTED")],
			[1, statusUpdate("DELIVERED")],
			[0, statusUpdate("DELIVERED")],
		);

		expect(ends).toBe(2);
		expect(row.status).toBe("DELIVERED");
	});

	it("keeps its refusal when the segments before it are delivered", () => {
		const message = aMessage({ segmentCount: 3 });
		const refused = {
			...message,
			...submitted(message, aSubmission({ smscIds: ["a", "b"], refusal: statusUpdate("REJECTED", "69") })),
		};

		const { row, ends } = afterReceipts(refused, [0, statusUpdate("DELIVERED")], [1, statusUpdate("DELIVERED")]);

		expect(ends).toBe(0);
		expect(row).toMatchObject({ status: "REJECTED", errorCode: "69" });
		expect(row.segments.map(({ status }) => status)).toEqual(["DELIVERED", "DELIVERED"]);
	});

	it("is EN_ROUTE as soon as one of them is", () => {
		const { row, ends } = afterReceipts(
			aSentMessage(["a", "b"]),
			[1, statusUpdate("EN_ROUTE")],
			[0, statusUpdate("EN_ROUTE")],
		);

		expect(row.status).toBe("EN_ROUTE");
		expect(ends).toBe(1);
	});
});

describe("a receipt for a message that may have several copies", () => {
	const copies = { retryCount: 1 };
	const undelivered = ["FAILED", "EXPIRED", "UNDELIVERABLE", "ACCEPTED", "INVALID", "REJECTED", "DELETED"] as const;

	it.each(undelivered)("with DELIVERED replaces %s of another copy, once (A35)", (status) => {
		const { row, ends } = afterReceipts(
			aSentMessage(["a"], copies),
			[0, statusUpdate(status, "27")],
			[0, statusUpdate("DELIVERED", null, 6_000)],
			[0, statusUpdate("DELIVERED", null, 7_000)],
		);

		expect(row).toMatchObject({ status: "DELIVERED", errorCode: null, statusAt: 6_000 });
		expect(row.segments).toEqual([{ smscId: "a", status: "DELIVERED", statusAt: 6_000, errorCode: null }]);
		expect(ends).toBe(2);
	});

	it.each(statuses)("with %s changes nothing after DELIVERED of another copy (A35)", (status) => {
		const { changes } = afterReceipts(
			aSentMessage(["a"], copies),
			[0, statusUpdate("DELIVERED")],
			[0, statusUpdate(status, "1")],
		);

		expect(changes[1]).toBeNull();
	});

	it.each(undelivered)("other than DELIVERED changes no final status: not %s (A35)", (status) => {
		const { changes } = afterReceipts(
			aSentMessage(["a"], copies),
			[0, statusUpdate("UNDELIVERABLE", "27")],
			[0, statusUpdate(status, "1")],
		);

		expect(changes[1]).toBeNull();
	});

	it("removes the reason of another copy's receipt", () => {
		const failed = { ...statusUpdate("UNDELIVERABLE", "255"), reason: "01B" };

		const { row } = afterReceipts(aSentMessage(["a"], copies), [0, failed], [0, statusUpdate("DELIVERED")]);

		expect(row.segments[0]).not.toHaveProperty("reason");
	});

	it("makes it DELIVERED once any copy of each segment is (A33, A35)", () => {
		const { row, changes, ends } = afterReceipts(
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

	it("replaces the gateway's own EXPIRED after the SMSC's final status of another copy too (A35)", () => {
		const { row, ends } = afterReceipts(
			{ ...expiredWithoutReceipt(["a"]), ...copies },
			[0, statusUpdate("UNDELIVERABLE", "27")],
			[0, statusUpdate("DELIVERED")],
		);

		expect([row.status, ends]).toEqual(["DELIVERED", 1]);
	});
});

describe("a message with copies that ended before its submission was recorded", () => {
	const unrecorded = (parts: Partial<Message> = {}) =>
		aMessage({ status: "REJECTED", errorCode: "69", retryCount: 1, reportBatchId: "p", ...parts });

	it.each(["REJECTED", "FAILED", "EXPIRED"] as const)(
		"changes from %s to DELIVERED with a copy's receipt (A35)",
		(status) => {
			const { row, ends } = afterReceipts(
				unrecorded({ status }),
				[0, statusUpdate("DELIVERED")],
				[0, statusUpdate("DELIVERED")],
			);

			expect(row).toMatchObject({ status: "DELIVERED", errorCode: null, segments: [{ status: "DELIVERED" }] });
			expect(ends).toBe(1);
		},
	);

	it("changes from EXPIRED to DELIVERED without a copy, when the submitting task died before it recorded the submit (A35)", () => {
		const { row, ends } = afterReceipts(unrecorded({ status: "EXPIRED", errorCode: "22", retryCount: 0 }), [
			0,
			statusUpdate("DELIVERED"),
		]);

		expect([row.status, ends]).toEqual(["DELIVERED", 1]);
	});

	it("is DELIVERED once all its segments are, in any order, and not before (A33)", () => {
		const message = unrecorded({ segmentCount: 3, text: "щ".repeat(150) });

		const { row: part, ends } = afterReceipts(message, [2, statusUpdate("DELIVERED")], [0, statusUpdate("DELIVERED")]);
		const { row } = afterReceipts(part, [1, statusUpdate("DELIVERED")]);

		expect([part.status, ends, row.status]).toEqual(["REJECTED", 0, "DELIVERED"]);
	});

	it("does not change when its SMSC may have been given it in more parts", () => {
		const message = unrecorded({ segmentCount: 1, text: "x".repeat(150) });

		const change = receiptApplied(message, 0, statusUpdate("DELIVERED"), { parts: 2 });

		expect(change).toMatchObject({ segments: [{ status: "DELIVERED" }] });
		expect(change).not.toHaveProperty("status");
	});

	it("keeps its final status without copies, or when it was withdrawn (A23, A35)", () => {
		const withdrawn = { status: "DELETED", schedule: 1, scheduleState: null } as const;

		for (const message of [unrecorded({ retryCount: 0 }), unrecorded(withdrawn)]) {
			expect(receiptApplied(message, 0, statusUpdate("DELIVERED"))).toBeNull();
		}
	});

	it("ignores a segment that its text does not have", () => {
		for (const segment of [-1, 1, 7])
			expect(receiptApplied(unrecorded(), segment, statusUpdate("DELIVERED"))).toBeNull();
	});
});

describe("a final status that the gateway sets", () => {
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
