import { createHash, randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { forecast } from "#admin/plan/forecast.ts";
import type { SendingParameters, Workload } from "#admin/plan/sending-bounds.ts";
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
 * `smsgw plan` computes a forecast; here the real operator sender sends the same workload in virtual time. Lanes, tables and the SMSC are
 * in memory, and each answers after the delay that the parameters give it.
 */

/** A lane entry: when it comes into its lane, and what it holds. */
type Arrival = { readonly at: number; readonly priority: Priority; readonly messages: number };

type Sent = { readonly endedMs: number; readonly urgentWaitsMs: readonly number[] };

const pause = async (ms: number) => await new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A store whose calls each take this long. */
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
	const { priority } = arrival;
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

/** Lanes that receive each entry at its time. A poll waits for the first entry and returns one call's duration after it. */
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

/** An SMSC that accepts each segment one round trip after its submit. */
function smscOf(
	{ roundTripMs }: SendingParameters,
	onSubmit: (recipient: string) => void,
): OperatorSenderOptions["openBind"] {
	return ({ onUp }): Bind => {
		queueMicrotask(onUp);
		return {
			bound: true,
			async submit({ destination_addr }) {
				onSubmit(String(destination_addr));
				await pause(roundTripMs);
				return { kind: "accepted", smscId: randomUUID() };
			},
			renew: () => undefined,
			stop: async () => undefined,
		};
	};
}

/** Sends these entries by the real operator sender until all messages are recorded. */
async function sent(parameters: SendingParameters, arrivals: readonly Arrival[]): Promise<Sent> {
	const { binds, tps, window, callMs, tasks } = parameters;
	const entries = arrivals.map((arrival) =>
		anEntry(arrival, "x".repeat(parameters.segments === 1 ? 5 : parameters.segments * 140)),
	);
	const waiting = new Map(entries.flatMap(({ messages, arrival }) => messages.map((one) => [one.recipient, arrival])));
	const messages = memoryMessages();
	await messages.insert(entries.flatMap((entry) => entry.messages));
	const urgentWaitsMs: number[] = [];
	let [endedMs, recorded] = [0, 0];
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
	const openBind = smscOf(parameters, (recipient) => {
		const arrival = waiting.get(recipient);
		if (!waiting.delete(recipient) || arrival?.priority !== urgent) return;
		urgentWaitsMs.push(performance.now() - startedAt - arrival.at);
	});
	const source = lanesWith(entries, parameters);
	/* Each task holds its share of the binds and so of the rate. */
	const share = { binds: binds / tasks, tps: tps / tasks };
	const senders = Array.from({ length: tasks }, () =>
		openOperatorSender({
			...{ operator: "kcell", ...share, window, openBind, isPaused: () => false, drainMs: 1_000, source },
			...{ leaseDeps: leasingOfTask(), picking: stores, recording: stores, visibilitySeconds: 30, log: memoryLog() },
		}),
	);
	while (recorded < messages.rows.size) await vi.advanceTimersByTimeAsync(100);
	const stopping = Promise.all(senders.map((operatorSender) => operatorSender.stop()));
	await vi.advanceTimersByTimeAsync(1_000);
	await stopping;
	return { endedMs, urgentWaitsMs };
}

const [bulk, urgent] = [0, 2] as const;

/** Bulk that waits from the start, and urgent messages at random moments of the first nine tenths, the same in each run. */
function arrivalsOf({ messages, urgentShare, entrySize }: Workload, drainMs: number): readonly Arrival[] {
	const urgents = Math.round(messages * urgentShare);
	const entries = Array.from({ length: (messages - urgents) / entrySize }, () => ({
		at: 0,
		priority: bulk,
		messages: entrySize,
	}));
	const urgentEntries = Array.from({ length: urgents }, (_, place) => {
		const at = createHash("sha256").update(String(place)).digest().readUInt32BE() / 2 ** 32;
		return { at: Math.floor(at * drainMs * 0.9), priority: urgent, messages: 1 };
	});
	return [...entries, ...urgentEntries.toSorted((one, other) => one.at - other.at)];
}

const usual: SendingParameters = { binds: 1, tps: 200, window: 50, roundTripMs: 40, segments: 1, callMs: 10, tasks: 1 };
const some: Workload = { messages: 2_000, urgentShare: 0.1, entrySize: 25 };

describe("the forecast of smsgw plan", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	/* The sender's timers are of whole milliseconds. */
	const clockMs = 2;

	it.each<[string, Partial<SendingParameters>, Partial<Workload>?]>([
		["the contract's rate limits it", {}],
		["bulk comes one by one", {}, { entrySize: 1, messages: 1_000 }],
		["the window limits it", { window: 4 }],
		["the window limits it after a burst", { binds: 2, tps: 400, window: 20, roundTripMs: 120 }],
		["polls of the lane limit it", { tps: 400, window: 4, roundTripMs: 5, callMs: 100 }],
		["the operator allows several binds", { binds: 4, tps: 430, window: 10 }],
		["two tasks share the binds", { binds: 4, tps: 430, tasks: 2 }],
		["messages have several segments", { segments: 3 }],
		["half of the messages are urgent", { tps: 50 }, { urgentShare: 0.5, messages: 1_000 }],
		["the operator is slow", { tps: 7, roundTripMs: 400 }, { messages: 1_000, urgentShare: 0.2 }],
	])("is what the operator sender does within 10 % where %s", async (_, differs, workloadDiffers) => {
		const parameters = { ...usual, ...differs };
		const workload = { ...some, ...workloadDiffers };
		const predicted = forecast(parameters, workload);

		const real = await sent(parameters, arrivalsOf(workload, predicted.drainSeconds * 1_000));

		expect(Math.abs(predicted.drainSeconds * 1_000 - real.endedMs)).toBeLessThanOrEqual(0.1 * real.endedMs);
		expect(real.urgentWaitsMs).toHaveLength(workload.messages * workload.urgentShare);
		for (const [part, predictedMs = Number.NaN] of [
			[0.5, predicted.urgentWaitMs?.p50],
			[0.99, predicted.urgentWaitMs?.p99],
		] as const) {
			const realMs = percentile(real.urgentWaitsMs, part);
			expect(Math.abs(predictedMs - realMs)).toBeLessThanOrEqual(0.1 * realMs + clockMs);
		}
	});

	it("is what the operator sender does within 10 % where long calls limit the exposure, but for the longest waits", async () => {
		const parameters = { ...usual, tps: 100, window: 10, callMs: 200 };
		const workload = { ...some, messages: 1_000 };
		const predicted = forecast(parameters, workload);

		const real = await sent(parameters, arrivalsOf(workload, predicted.drainSeconds * 1_000));

		expect(predicted.limitedBy).toBe("AWS calls");
		expect(predicted.drainSeconds / (real.endedMs / 1_000)).toBeCloseTo(1, 1);
		expect((predicted.urgentWaitMs?.p50 ?? 0) / percentile(real.urgentWaitsMs, 0.5)).toBeCloseTo(1, 1);
	});
});
