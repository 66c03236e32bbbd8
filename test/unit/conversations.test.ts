import { describe, expect, it } from "vitest";
import { type PhoneEventData, withEvents } from "#console/views/conversations.ts";

type Received = Extract<PhoneEventData, { kind: "received" }>;
const received = (number: number, parts: Partial<Received> = {}): Received => ({
	...{ kind: "received", number, at: number, operator: "kcell", subscriber: "77010000000", sender: "SMSGW" },
	...{ text: "Hi", hex: "4869", alphabet: "gsm7", flash: false, part: null, outcome: "delivered", code: 0 },
	...parts,
});
const part = (number: number, reference = 7) => ({ reference, total: 2, number });

describe("the conversations of the phones", () => {
	it("are by subscriber, the latest first", () => {
		const all = withEvents([], [received(1), received(2, { subscriber: "77020000000" }), received(3)], new Map());

		expect(all.map(({ subscriber, bubbles }) => [subscriber, bubbles.length])).toEqual([
			["77010000000", 2],
			["77020000000", 1],
		]);
	});

	it("join the segments of a message, in their order, also if they come in two readings", () => {
		const parts = new Map();
		const first = withEvents([], [received(1, { part: part(2), text: "world" })], parts);
		const [both] = withEvents(first, [received(2, { part: part(1), text: "Hello " })], parts);

		expect(first[0]?.bubbles).toMatchObject([{ text: "world", segments: 1, segmentsTotal: 2 }]);
		expect(both?.bubbles).toMatchObject([{ text: "Hello world", segments: 2, segmentsTotal: 2, key: 1 }]);
	});

	it("show a copy of a segment as another message", () => {
		const events = [received(1, { part: part(1) }), received(2, { part: part(2) }), received(3, { part: part(1) })];
		const [all] = withEvents([], events, new Map());

		expect(all?.bubbles.map(({ segments }) => segments)).toEqual([2, 1]);
	});

	it("show the worst outcome of the segments, and what a subscriber has sent", () => {
		const failed = [received(1, { part: part(1) }), received(2, { part: part(2), outcome: "failed", code: 27 })];
		const sent = { kind: "sent", number: 3, at: 3, operator: "kcell", subscriber: "77010000000" } as const;
		const [all] = withEvents([], [...failed, { ...sent, recipient: "9090", text: "Yes" }], new Map());

		expect(all?.bubbles).toMatchObject([
			{ outcome: "failed", code: 27 },
			{ isOwn: true, other: "9090", text: "Yes" },
		]);
	});

	it("forget the segments of whole messages, and the oldest that have waited for others too long", () => {
		const parts = new Map();
		withEvents([], [received(1, { part: part(1) }), received(2, { part: part(2) })], parts);
		expect(parts.size).toBe(0);

		const events = Array.from({ length: 2_000 }, (_, index) => received(index + 1, { part: part(1, index) }));
		withEvents([], events, parts);
		expect(parts.size).toBe(500);
		const [all] = withEvents([], [received(3_000, { part: part(2, 1_999) })], parts);
		expect(all?.bubbles[0]?.segments).toBe(2);
	});

	it("keep the last hundred subscribers", () => {
		const events = Array.from({ length: 150 }, (_, index) => received(index + 1, { subscriber: `7701${index}` }));

		expect(withEvents([], events, new Map())).toHaveLength(100);
	});
});
