import { dollarsOf } from "#shared/domain/aws-prices.ts";
import { bufferedMaxFor } from "#shared/domain/send/sending-rules.ts";
import { busyCoreShareMax } from "#shared/domain/task-cpu.ts";
import { consumptionOf, type IntakeMode, perMessage } from "./consumption.ts";
import { type Forecast, forecast } from "./forecast.ts";
import { type Demand, type QuotaRow, quotaRows } from "./quotas.ts";
import { exposedMs, operatorBounds, type SendingParameters } from "./sending-bounds.ts";

/** An operator's contract, and what is sent to it. */
export type PlanRequest = Omit<SendingParameters, "tasks"> & {
	readonly messages: number;
	/** From 0 to 0.9. */
	readonly urgentShare: number;
	/** Of bulk. Each urgent message has its own request. */
	readonly intakeMode: IntakeMode;
	/** Clients hand in all messages within this time. */
	readonly intakeSeconds: number;
	/** Whether all bulk is scheduled for one moment. */
	readonly scheduled: boolean;
	/** Among which the messages are spread. */
	readonly accounts: number;
	/** The operator is down for this time, which begins with the first message. */
	readonly outageSeconds: number;
	/** From a report's POST to its answer. */
	readonly webhookMs: number;
};

export type Plan = Omit<Forecast, "limitedBy"> & {
	/** `binds` if the rate needs more tasks than there are binds. */
	readonly limitedBy: Forecast["limitedBy"] | "binds";
	readonly tasks: number;
	readonly dollars: number;
	readonly quotas: readonly QuotaRow[];
};

export function planFor(request: PlanRequest): Plan {
	const { binds, tps, messages, urgentShare, intakeMode } = request;
	const segmentsPerTask = busyCoreShareMax / weighted(request, (mode) => perMessage[mode].taskSeconds);
	const bounds = operatorBounds(request);
	const tasksNeeded = Math.ceil((Math.min(bounds.tps, bounds.window) * request.segments) / segmentsPerTask);
	const tasks = Math.min(tasksNeeded, binds);
	const parameters = { ...request, tasks, tps: Math.min(tps, binds * segmentsPerTask) };
	const { entrySize } = perMessage[intakeMode];
	const predicted = forecast(parameters, { messages, urgentShare, entrySize });
	const limitedBy = predicted.limitedBy === "tps" && tasksNeeded > binds ? "binds" : predicted.limitedBy;
	const quotas = quotaRows(demandOf(request, predicted, tasks));
	return { ...predicted, limitedBy, tasks: tasksNeeded, dollars: dollarsFor(request), quotas };
}

/** The mean of a value per message, over bulk and urgent messages. */
function weighted({ urgentShare, intakeMode }: PlanRequest, of: (mode: IntakeMode) => number): number {
	return (1 - urgentShare) * of(intakeMode) + urgentShare * of("single");
}

function dollarsFor(request: PlanRequest): number {
	return request.messages * weighted(request, (mode) => dollarsOf(consumptionOf(mode, request.segments)));
}

/** Receipts that are applied together, and reports that go out together; of one account. */
const [receiptsTogether, reportsTogether] = [100, 100];

function demandOf(
	request: PlanRequest,
	{ messagesPerSecond: sentPerSecond, drainSeconds }: Pick<Forecast, "messagesPerSecond" | "drainSeconds">,
	tasks: number,
): Demand {
	const { messages, intakeSeconds, tps, callMs, intakeMode, scheduled, accounts, outageSeconds, webhookMs } = request;
	const postsPerSecond = sentPerSecond / Math.min(reportsTogether, Math.max(1, receiptsTogether / accounts));
	const acceptedPerSecond = messages / intakeSeconds;
	/* As if messages and their receipts came in at the same time. */
	const functionMs = weighted(
		request,
		(mode) => perMessage[mode].functionSeconds * 1_000 + perMessage[mode].awsCalls * callMs,
	);
	return {
		requestsPerSecond: acceptedPerSecond * weighted(request, (mode) => perMessage[mode].apiRequests),
		acceptedPerSecond,
		sentPerSecond,
		concurrentFunctions: (Math.max(acceptedPerSecond, sentPerSecond) * functionMs) / 1_000,
		entriesHeld:
			(bufferedMaxFor(tps) + (sentPerSecond * exposedMs(request)) / 1_000) / perMessage[intakeMode].entrySize,
		scheduled,
		tasks,
		accounts,
		sessionsPerTask: (accounts * 2) / tasks,
		concurrentPosts: (postsPerSecond * webhookMs) / 1_000,
		hoursToLast: (outageSeconds + drainSeconds) / 3_600,
	};
}
