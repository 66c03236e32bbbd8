import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundsOf } from "#admin/plan/forecast.ts";
import type { Arrival, SendingParameters } from "#admin/plan/sending-parameters.ts";
import { type SimulationResult, simulate } from "#admin/plan/simulate.ts";

/** Laws that hold for every contract, whatever waits. */

const someTerms: fc.Arbitrary<SendingParameters> = fc
	.record({
		binds: fc.integer({ min: 1, max: 6 }),
		tps: fc.integer({ min: 5, max: 2_000 }),
		window: fc.integer({ min: 1, max: 60 }),
		roundTripMs: fc.integer({ min: 1, max: 500 }),
		segments: fc.integer({ min: 1, max: 4 }),
		callMs: fc.integer({ min: 1, max: 40 }),
		tasks: fc.integer({ min: 1, max: 6 }),
	})
	.map((parameters) => ({ ...parameters, tasks: Math.min(parameters.tasks, parameters.binds) }));

const bulkOf = (entries: number, at = 0): readonly Arrival[] =>
	Array.from({ length: entries }, () => ({ at, priority: 0, messages: 25 }));
const urgentAt = (ats: readonly number[]): readonly Arrival[] =>
	ats.map((at) => ({ at, priority: 2, messages: 1 })).toSorted((one, other) => one.at - other.at);

const urgentWaits = ({ submits }: SimulationResult) =>
	submits.filter(({ priority }) => priority === 2).map(({ waitedMs }) => waitedMs);

/** From a lane to where a message lies ready, and from its answer until it is recorded. */
const pickUpMs = ({ callMs }: SendingParameters) => 3 * callMs;
const exposedMs = ({ segments, roundTripMs, callMs }: SendingParameters) => segments * roundTripMs + 15 + 2 * callMs;

const runs = { numRuns: 60 };

describe("a sending forecast", () => {
	it("includes every message once", () => {
		fc.assert(
			fc.property(
				someTerms,
				fc.integer({ min: 1, max: 40 }),
				fc.array(fc.nat(5_000), { maxLength: 30 }),
				(parameters, entries, ats) => {
					const simulated = simulate(parameters, [...bulkOf(entries), ...urgentAt(ats)]);

					expect([simulated.recorded, simulated.submits.length]).toEqual([
						entries * 25 + ats.length,
						entries * 25 + ats.length,
					]);
					expect(urgentWaits(simulated)).toHaveLength(ats.length);
				},
			),
			runs,
		);
	});

	it("never has more under way on a bind than the window, nor goes faster than windows come round (Little's law)", () => {
		fc.assert(
			fc.property(someTerms, fc.integer({ min: 1, max: 40 }), (parameters, entries) => {
				const { inFlightMax, endedMs } = simulate(parameters, bulkOf(entries));
				const segments = entries * 25 * parameters.segments;
				const rounds = Math.ceil(segments / (parameters.window * parameters.binds));

				expect(inFlightMax).toBeLessThanOrEqual(parameters.window);
				expect(endedMs).toBeGreaterThanOrEqual(rounds * parameters.roundTripMs);
			}),
			runs,
		);
	});

	it("never goes faster than the contract allows, by more than the first moment's", () => {
		fc.assert(
			fc.property(someTerms, fc.integer({ min: 4, max: 40 }), (parameters, entries) => {
				const { endedMs } = simulate(parameters, bulkOf(entries));
				const atOnce = parameters.binds * Math.max(1, (parameters.tps / parameters.binds) * 0.02);
				const segments = entries * 25 * parameters.segments;

				expect((endedMs * parameters.tps) / 1_000 + atOnce).toBeGreaterThanOrEqual(segments);
			}),
			runs,
		);
	});

	it("ends no later where the operator takes more a second", () => {
		fc.assert(
			fc.property(
				someTerms,
				fc.integer({ min: 1, max: 40 }),
				fc.integer({ min: 1, max: 2_000 }),
				(given, entries, more) => {
					/* Where one task has read the last that others could send as well, they may be idle for a moment. */
					const parameters = { ...given, tasks: 1 };
					const slower = simulate(parameters, bulkOf(entries)).endedMs;
					const faster = simulate({ ...parameters, tps: parameters.tps + more }, bulkOf(entries)).endedMs;

					/* Which of two messages comes last, and with whom it is recorded, may differ. */
					expect(faster).toBeLessThanOrEqual(slower * 1.01 + pickUpMs(parameters) + exposedMs(parameters));
				},
			),
			runs,
		);
	});

	it("wastes nothing: where only rate and window hold it back, it takes no longer than they make it", () => {
		fc.assert(
			fc.property(someTerms, fc.integer({ min: 20, max: 60 }), (given, entries) => {
				const parameters = { ...given, callMs: 1, tasks: 1 };
				const { tps, window } = boundsOf(parameters);
				const { endedMs } = simulate(parameters, bulkOf(entries));
				const leastMs = (entries * 25 * 1_000) / Math.min(tps, window);

				expect(endedMs).toBeLessThanOrEqual(leastMs * 1.1 + pickUpMs(parameters) + 2 * exposedMs(parameters));
			}),
			runs,
		);
	});

	it("takes no longer in all because some of it is urgent", () => {
		fc.assert(
			fc.property(someTerms, fc.integer({ min: 20, max: 40 }), (given, entries) => {
				const parameters = { ...given, callMs: 1, tasks: 1 };
				const alone = simulate(parameters, bulkOf(entries)).endedMs;
				const urgent = urgentAt(Array.from({ length: 50 }, (_, place) => Math.floor((place * alone) / 100)));
				const { endedMs } = simulate(parameters, [...bulkOf(entries - 2), ...urgent]);

				expect(endedMs).toBeLessThanOrEqual(alone * 1.05 + pickUpMs(parameters) + 2 * exposedMs(parameters));
			}),
			runs,
		);
	});

	it("makes urgent messages wait only for what is in flight, however much bulk there is", () => {
		fc.assert(
			fc.property(someTerms, fc.integer({ min: 1, max: 80 }), fc.nat(3_000), (parameters, entries, at) => {
				const [waited = Number.POSITIVE_INFINITY] = urgentWaits(
					simulate(parameters, [...bulkOf(entries), ...urgentAt([at])]),
				);
				const tpsOfEach = parameters.tps / parameters.binds;
				const underWay = Math.min(parameters.window, tpsOfEach * (0.02 + parameters.roundTripMs / 1_000) + 2);
				/* Of messages that were begun, the other segments go first. */
				const before = 1 + underWay * (parameters.segments - 1);

				expect(waited).toBeLessThanOrEqual(
					pickUpMs(parameters) + exposedMs(parameters) + before * (Math.ceil(1_000 / tpsOfEach) + 1),
				);
			}),
			runs,
		);
	});
});
