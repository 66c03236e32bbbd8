import { createHash } from "node:crypto";
import { dollarsOf } from "#shared/domain/aws-prices.ts";
import { bufferedMaxFor, recordBatching } from "#shared/domain/send/sending-rules.ts";
import { consumptionOf, type IntakeMode, perMessage } from "./consumption.ts";
import { boundsOf, type Forecast, forecast } from "./forecast.ts";
import { type Demand, type QuotaRow, quotaRows } from "./quotas.ts";
import type { SendingParameters } from "./sending-parameters.ts";
import { recordCalls } from "./simulated-sending.ts";

/** What is asked: an operator's contract, and what is to go to it. */
export type PlanRequest = Omit<SendingParameters, "tasks"> & {
	readonly messages: number;
	/** From 0 to 1. */
	readonly urgentShare: number;
	/** Of bulk; what is urgent comes one by one. */
	readonly intakeMode: IntakeMode;
	/** How long clients take to hand it in. */
	readonly intakeSeconds: number;
	/** Whether all of it waits for one moment. */
	readonly scheduled: boolean;
};

export type Plan = Omit<Forecast, "limitedBy"> & {
	/** `binds` where the rate takes more tasks than there are binds for. */
	readonly limitedBy: Forecast["limitedBy"] | "binds";
	readonly tasks: number;
	readonly dollars: number;
	readonly quotas: readonly QuotaRow[];
};

/** How much of a task's one core may be busy: the rest is for bursts, and for tidying up. */
const cpuShareMax = 0.6;

/** What it takes to send that, and how long. */
export function planFor(request: PlanRequest): Plan {
	const { binds, tps, messages, urgentShare, intakeMode } = request;
	const segmentsPerTask = cpuShareMax / weighted(request, (mode) => perMessage[mode].taskSeconds);
	const bounds = boundsOf(request);
	const tasks = Math.ceil((Math.min(bounds.tps, bounds.window) * request.segments) / segmentsPerTask);
	const parameters = { ...request, tasks: Math.min(tasks, binds), tps: Math.min(tps, binds * segmentsPerTask) };
	const { entrySize } = perMessage[intakeMode];
	const prediction = forecast(parameters, { messages, urgentShare, entrySize }, seededRandom());
	const limitedBy = prediction.limitedBy === "tps" && tasks > binds ? "binds" : prediction.limitedBy;
	const quotas = quotaRows(demandOf(request, prediction.messagesPerSecond, Math.min(tasks, binds)));
	return { ...prediction, limitedBy, tasks, dollars: dollarsFor(request), quotas };
}

/** A figure of a message, where some come in one way and the urgent ones by themselves. */
function weighted({ urgentShare, intakeMode }: PlanRequest, of: (mode: IntakeMode) => number): number {
	return (1 - urgentShare) * of(intakeMode) + urgentShare * of("single");
}

function dollarsFor(request: PlanRequest): number {
	return request.messages * weighted(request, (mode) => dollarsOf(consumptionOf(mode, request.segments)));
}

function demandOf(request: PlanRequest, sentPerSecond: number, tasks: number): Demand {
	const { messages, intakeSeconds, tps, segments, roundTripMs, callMs, intakeMode, scheduled } = request;
	const acceptedPerSecond = messages / intakeSeconds;
	/* They run while messages come in and while their receipts do: as if both fell together. */
	const functionMs = weighted(
		request,
		(mode) => perMessage[mode].functionSeconds * 1_000 + perMessage[mode].awsCalls * callMs,
	);
	const heldMs = segments * roundTripMs + recordBatching.waitMs + recordCalls * callMs;
	return {
		requestsPerSecond: acceptedPerSecond * weighted(request, (mode) => perMessage[mode].apiRequests),
		acceptedPerSecond,
		sentPerSecond,
		functionsAtOnce: (Math.max(acceptedPerSecond, sentPerSecond) * functionMs) / 1_000,
		entriesHeld: (bufferedMaxFor(tps) + (sentPerSecond * heldMs) / 1_000) / perMessage[intakeMode].entrySize,
		scheduled,
		tasks,
	};
}

/** Chance that falls the same each time, so that a plan that is asked for again says the same. */
function seededRandom(): () => number {
	let draws = 0;
	return () => {
		draws += 1;
		return createHash("sha256").update(String(draws)).digest().readUInt32BE() / 2 ** 32;
	};
}
