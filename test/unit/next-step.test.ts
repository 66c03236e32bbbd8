import { describe, expect, it } from "vitest";
import { defaultSubmitStyle } from "#shared/contracts/smscs.ts";
import { type Lane, lanes } from "#shared/domain/message/lanes.ts";
import { nextStepAfter } from "#smpp/operators/next-step.ts";
import { type OutboundMessage, outboundFrom } from "#smpp/operators/outbound-messages.ts";
import type { SubmitOutcome } from "#smpp/operators/submit-outcome.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";

const [lane] = lanes as [Lane];
const entries = [{ entryId: "an entry", kind: "first", handle: "a handle" }] as const;
const options = { lane, entries, mayRepeat: false, readAt: mondayAtEleven, style: defaultSubmitStyle };

const anOutbound = (parts: Partial<OutboundMessage> = {}): OutboundMessage => ({
	...outboundFrom(aMessage(), options),
	...parts,
});
const step = (outbound: OutboundMessage, outcome: SubmitOutcome, now = mondayAtEleven) =>
	nextStepAfter(outbound, outcome, { now, chance: 1 });
const throttled = { kind: "throttled", commandStatus: 0x58 } as const;

describe("the pause before the next attempt", () => {
	it.each([
		[throttled, { failuresInRow: 0 }, 1_000],
		[throttled, { failuresInRow: 3 }, 8_000],
		[throttled, { failuresInRow: 1_000 }, 30_000],
		[{ kind: "temporary", commandStatus: 8 }, { failuresInRow: 0 }, 1_000],
		[{ kind: "temporary", commandStatus: 8 }, { failuresInRow: 3 }, 8_000],
		[{ kind: "temporary", commandStatus: 8 }, { failuresInRow: 1_000 }, 1_800_000],
		[{ kind: "reconnect", commandStatus: 4 }, { failuresInRow: 1_000 }, 1_800_000],
		[{ kind: "unsent" }, { failuresInRow: 0 }, 0],
		[{ kind: "unsent" }, { failuresInRow: 1 }, 100],
		[{ kind: "unsent" }, { failuresInRow: 1_000 }, 5_000],
		[{ kind: "unknown" }, { resends: 0 }, 1_000],
		[{ kind: "unknown" }, { resends: 3 }, 8_000],
		[{ kind: "unknown" }, { resends: 1_000 }, 3_600_000],
		[{ kind: "unknown", late: Promise.resolve(null) }, { resends: 0 }, 10_000],
	] as const)("after %j grows to a bound: %j, %i ms", (outcome, parts, afterMs) => {
		expect(step(anOutbound(parts), outcome)).toMatchObject({ kind: "retry", afterMs });
	});

	it.each([throttled, { kind: "unknown" }] as const)("after %j ends with the message (A19)", (outcome) => {
		const outbound = anOutbound({ failuresInRow: 99, resends: 99 });

		expect(step(outbound, outcome, outbound.message.expiresAt - 700)).toMatchObject({ afterMs: 700 });
		expect(step(outbound, outcome, outbound.message.expiresAt + 700)).toMatchObject({ afterMs: 0 });
	});

	it("ends two minutes later when the SMSC has accepted some parts, so that the message can be finished", () => {
		const outbound = anOutbound({ failuresInRow: 99, smscIds: ["a"], parts: 2 });

		expect(step(outbound, throttled, outbound.message.expiresAt + 700)).toMatchObject({ afterMs: 30_000 });
		expect(step(outbound, throttled, outbound.message.expiresAt + 119_300)).toMatchObject({ afterMs: 700 });
	});

	it("starts over once a segment was accepted", () => {
		const next = step(anOutbound({ failuresInRow: 5, parts: 2 }), { kind: "accepted", smscId: "a" });

		expect(next).toMatchObject({ kind: "next_segment", outbound: { failuresInRow: 0, smscIds: ["a"] } });
	});
});

describe("a temporary refusal", () => {
	const temporary = { kind: "temporary", commandStatus: 8 } as const;

	it.each([
		[0, undefined],
		[2, undefined],
		[3, { code: "8", times: 4 }],
		[30, { code: "8", times: 31 }],
	])("is to be recorded from the fourth in a row on: after %i", (failuresInRow, refused) => {
		const { outbound } = step(anOutbound({ failuresInRow }), temporary);

		expect([outbound.failuresInRow, outbound.refused]).toEqual([failuresInRow + 1, refused]);
	});

	it("is to be recorded if the message expires before the next submit (A19)", () => {
		const outbound = anOutbound();

		expect(step(outbound, throttled, outbound.message.expiresAt - 700)).toMatchObject({
			outbound: { refused: { code: "88", times: 1 } },
		});
	});

	it("is forgotten when the next submit has no answer or is accepted", () => {
		const outbound = anOutbound({ refused: { code: "8", times: 9 }, parts: 2 });

		for (const outcome of [{ kind: "unknown" }, { kind: "accepted", smscId: "a" }] as const) {
			expect(step(outbound, outcome)).toMatchObject({ outbound: { refused: null } });
		}
	});

	it("continues its pauses where another task left them", () => {
		expect(outboundFrom(aMessage({ refused: { code: "8", times: 7 } }), options).failuresInRow).toBe(7);
	});
});

describe("a message whose last part was accepted", () => {
	it("is finished, whatever its number of parts", () => {
		const whole = step(anOutbound({ parts: 1 }), { kind: "accepted", smscId: "a" });

		expect(whole).toMatchObject({ kind: "finished", submission: { smscIds: ["a"], refusal: null } });
	});
});

describe("a partly sent message", () => {
	it("is sent from the start when its SMSC's settings now split it differently", () => {
		const segment = { smscId: "a", status: "SENT", statusAt: 0, errorCode: null } as const;
		const message = aMessage({ text: "x".repeat(400), segments: [segment, segment] });
		const inThree = outboundFrom(message, options);
		const whole = outboundFrom(message, { ...options, style: { ...defaultSubmitStyle, long_messages: "payload" } });

		expect([inThree.smscIds, inThree.parts]).toEqual([["a", "a"], 3]);
		expect([whole.smscIds, whole.parts]).toEqual([[], 1]);
	});
});
