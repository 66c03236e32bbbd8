import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Arrival, SendingParameters } from "#admin/plan/sending-parameters.ts";
import { type SimulatedSubmit, type SimulationResult, simulate } from "#admin/plan/simulate.ts";
import type { Lane } from "#shared/domain/message/lanes.ts";
import type { Message } from "#shared/domain/message/message.ts";
import type { Priority } from "#shared/domain/message/priorities.ts";
import { percentile } from "#shared/domain/percentile.ts";
import type { LaneEntry, LaneSource } from "#shared/usecases/send/lane-source.ts";
import type { Bind } from "#smpp/operators/keep-bind.ts";
import { type OperatorSenderOptions, openOperatorSender } from "#smpp/operators/operator-sender.ts";
import { aMessage } from "#test/fakes/builders.ts";
import { leasingOfTask } from "#test/fakes/memory-leases.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import {
	memoryLog,
	memoryReportBatches,
	memoryReports,
	memorySlots,
	memorySubmissions,
} from "#test/fakes/memory-stores.ts";

/**
 * What `smsgw plan` foretells, held against the desk that sends: the same binds, rate, window, round trip and backlog, on a clock that is
 * moved by hand. The tables and the lanes are in memory, and answer as late as the terms say; the SMSC likewise.
 */

const pause = async (ms: number) => await new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A store whose every call takes so long. */
function slowly<Store extends object>(store: Store, ms: number): Store {
	return new Proxy(store, {
		get(target, name) {
			const member: unknown = Reflect.get(target, name);
			if (typeof member !== "function") return member;
			return async (...given: unknown[]) => {
				await pause(ms);
				return (member as (...all: unknown[]) => unknown).apply(target, given);
			};
		},
	});
}

type Entry = { readonly arrival: Arrival; readonly entry: LaneEntry; readonly messages: readonly Message[] };

let numbers = 0;

function anEntry(arrival: Arrival, text: string): Entry {
	const priority = arrival.priority as Priority;
	const acceptedAt = Date.now();
	const messages = Array.from({ length: arrival.messages }, () => {
		numbers += 1;
		const recipient = `7701${String(numbers).padStart(7, "0")}`;
		return aMessage({ priority, text, recipient, acceptedAt, expiresAt: acceptedAt + 86_400_000 });
	});
	const messageIds = messages.map(({ messageId }) => messageId);
	const sendJob = { userName: "demo", operator: "kcell", priority, messageIds } as const;
	const [entryId, handle] = [randomUUID(), randomUUID()];
	return { arrival, messages, entry: { sendJob, kind: "first", entryId, handle, receives: 1 } };
}

/** Lanes whose entries come when they are due: a poll waits for the first, and answers a call's time after it came. */
function lanesWith(entries: readonly Entry[], { callMs }: SendingParameters): LaneSource {
	const startedAt = performance.now();
	const left = Map.groupBy(entries, ({ arrival }) => arrival.priority);
	return {
		async receive({ priority }: Lane, entriesMost, signal) {
			const own = left.get(priority) ?? [];
			const [first] = own;
			if (first === undefined)
				await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
			else await pause(Math.max(0, first.arrival.at - (performance.now() - startedAt)) + callMs);
			const later = own.findIndex(({ arrival }) => arrival.at > performance.now() - startedAt);
			return own.splice(0, Math.min(entriesMost, later < 0 ? own.length : later)).map(({ entry }) => entry);
		},
		remove: async () => await pause(callMs),
		hold: async () => await pause(callMs),
	};
}

/** An SMSC that takes everything, each a round trip after it was handed over. */
function smscOf(
	{ roundTripMs }: SendingParameters,
	told: (recipient: string, inFlight: number) => void,
): OperatorSenderOptions["openBind"] {
	return ({ onUp }): Bind => {
		let inFlight = 0;
		queueMicrotask(onUp);
		return {
			bound: true,
			async submit({ destination_addr }) {
				inFlight += 1;
				told(String(destination_addr), inFlight);
				await pause(roundTripMs);
				inFlight -= 1;
				return { kind: "accepted", smscId: randomUUID() };
			},
			stop: async () => undefined,
		};
	};
}

/** What the real desk does with these entries, until all of it is recorded. */
async function sent(parameters: SendingParameters, arrivals: readonly Arrival[]): Promise<SimulationResult> {
	const { binds, tps, window, callMs, tasks } = parameters;
	const entries = arrivals.map((arrival) =>
		anEntry(arrival, "x".repeat(parameters.segments === 1 ? 5 : parameters.segments * 140)),
	);
	const waiting = new Map(entries.flatMap(({ messages, arrival }) => messages.map((one) => [one.recipient, arrival])));
	const messages = memoryMessages();
	await messages.insert(entries.flatMap((entry) => entry.messages));
	const submits: SimulatedSubmit[] = [];
	let [endedMs, inFlightMax, recorded] = [0, 0, 0];
	const startedAt = performance.now();
	const stores = {
		messages: slowly(
			{
				...messages,
				async change(changes: Parameters<typeof messages.change>[0]) {
					recorded += changes.length;
					endedMs = performance.now() - startedAt;
					return await messages.change(changes);
				},
			},
			callMs,
		),
		reportBatches: memoryReportBatches(),
		submissions: slowly(memorySubmissions(), callMs),
		slots: slowly(memorySlots(), callMs),
		reports: memoryReports(),
		newReportBatchId: () => randomUUID() as string,
		now: Date.now,
	};
	const openBind = smscOf(parameters, (recipient, inFlight) => {
		inFlightMax = Math.max(inFlightMax, inFlight);
		const arrival = waiting.get(recipient);
		if (!waiting.delete(recipient) || arrival === undefined) return;
		const at = performance.now() - startedAt;
		submits.push({ at, priority: arrival.priority, waitedMs: at - arrival.at });
	});
	const source = lanesWith(entries, parameters);
	/* Of several tasks each holds its part of the binds, and so of the rate. */
	const share = { binds: binds / tasks, tps: tps / tasks };
	const desks = Array.from({ length: tasks }, () =>
		openOperatorSender({
			...{ operator: "kcell", ...share, window, openBind, isPaused: () => false, drainMs: 1_000, source },
			...{ leaseDeps: leasingOfTask(), picking: stores, recording: stores, visibilitySeconds: 30, log: memoryLog() },
		}),
	);
	while (recorded < messages.rows.size) await vi.advanceTimersByTimeAsync(100);
	const stopping = Promise.all(desks.map((operatorSender) => operatorSender.stop()));
	await vi.advanceTimersByTimeAsync(1_000);
	await stopping;
	return { recorded, endedMs, submits, inFlightMax };
}

/** Bulk that lies there from the first moment, and something urgent every so often. */
function aFlood(bulkEntries: number, entrySize: number, everyMs: number): readonly Arrival[] {
	return [
		...Array.from({ length: bulkEntries }, () => ({ at: 0, priority: 0, messages: entrySize })),
		...Array.from({ length: 40 }, (_, place) => ({ at: 500 + place * everyMs, priority: 2, messages: 1 })),
	];
}

const usual: SendingParameters = { binds: 1, tps: 200, window: 50, roundTripMs: 40, segments: 1, callMs: 10, tasks: 1 };

const urgentWaits = ({ submits }: SimulationResult) =>
	submits.filter(({ priority }) => priority === 2).map(({ waitedMs }) => waitedMs);

describe("the forecast of smsgw plan", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	/* Of several tasks it is open which of them an entry goes to: with one, they agree to the millisecond. */
	const [drainPart, waitMs] = [0.02, 5];

	it.each<[string, Partial<SendingParameters>, number, number?]>([
		["bulk came one by one", {}, 97, 1],
		["the contract's rate holds it back", {}, 97],
		["the window does", { window: 4 }, 97],
		["calls to AWS do", { tps: 400, window: 4, roundTripMs: 5, callMs: 100 }, 97],
		["the operator allows several binds", { binds: 4, tps: 430, window: 10 }, 41],
		["two tasks share its binds", { binds: 4, tps: 430, tasks: 2 }, 41],
		["messages have several segments", { segments: 3 }, 211],
		["nearly everything is urgent", { tps: 50 }, 22],
		["the operator is slow", { tps: 7, roundTripMs: 400 }, 1_913],
	])("is what the desk does where %s", async (_, differs, everyMs, entrySize = 25) => {
		const parameters = { ...usual, ...differs };
		const flood = aFlood(parameters.tps < 100 ? 8 : 1_500 / (entrySize === 1 ? 3 : 25), entrySize, everyMs);

		const [real, prediction] = [await sent(parameters, flood), simulate(parameters, flood)];

		expect(Math.abs(prediction.endedMs - real.endedMs)).toBeLessThanOrEqual(drainPart * real.endedMs);
		for (const part of [0.5, 0.99]) {
			const [expected, found] = [real, prediction].map((one) => percentile(urgentWaits(one), part)) as [number, number];
			expect(Math.abs(found - expected)).toBeLessThanOrEqual(waitMs);
		}
		expect([prediction.recorded, prediction.submits.length]).toEqual([real.recorded, real.submits.length]);
		expect(prediction.inFlightMax).toBe(real.inFlightMax);
	});
});
