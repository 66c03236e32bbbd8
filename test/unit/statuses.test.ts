import { describe, expect, it } from "vitest";
import { isFinal, mayFollow, statuses } from "#shared/domain/message/statuses.ts";

const ends = ["DELIVERED", "FAILED", "EXPIRED", "UNDELIVERABLE", "ACCEPTED", "INVALID", "REJECTED", "DELETED"] as const;

describe("a status", () => {
	it("is one of the document's eleven, eight of them final (R38)", () => {
		expect([...statuses].sort()).toEqual([...ends, "NEW", "SENT", "EN_ROUTE"].sort());
		expect(statuses.filter(isFinal).sort()).toEqual([...ends].sort());
	});

	it("moves only forward while the message is in progress", () => {
		const way = ["NEW", "SENT", "EN_ROUTE"] as const;

		const moves = way.map((from) => way.filter((to) => mayFollow(from, to)));

		expect(moves).toEqual([["SENT", "EN_ROUTE"], ["EN_ROUTE"], []]);
	});

	it.each(["NEW", "SENT", "EN_ROUTE"] as const)("may become any final status from %s", (from) => {
		expect(ends.filter((to) => mayFollow(from, to))).toEqual([...ends]);
	});

	it.each(ends)("that is final stays %s, except that DELIVERED may replace ACCEPTED (A35)", (from) => {
		expect(statuses.filter((to) => mayFollow(from, to))).toEqual(from === "ACCEPTED" ? ["DELIVERED"] : []);
	});

	it.each(ends)("that is final stays %s, except that DELIVERED of another copy may replace any other (A35)", (from) => {
		expect(statuses.filter((to) => mayFollow(from, to, true))).toEqual(from === "DELIVERED" ? [] : ["DELIVERED"]);
	});

	it.each(["NEW", "SENT", "EN_ROUTE"] as const)(
		"may change from %s to the same statuses with and without copies",
		(from) => {
			expect(statuses.filter((to) => mayFollow(from, to, true))).toEqual(statuses.filter((to) => mayFollow(from, to)));
		},
	);
});
