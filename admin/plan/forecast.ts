import { recordBatching } from "#shared/domain/send/sending-rules.ts";
import {
	boundsOf,
	type Limit,
	pickUpCalls,
	recordCalls,
	type SendingParameters,
	type Workload,
} from "./sending-bounds.ts";
import { type UrgentWaitMs, urgentWaitMs } from "./urgent-waits.ts";

export type Forecast = {
	/** Until the last message is recorded. */
	readonly drainSeconds: number;
	readonly messagesPerSecond: number;
	readonly urgentWaitMs: UrgentWaitMs | null;
	readonly limitedBy: Limit;
};

/** Computes the forecast from the rules of sending. Nothing fails in it. A test compares it with the real operator sender. */
export function forecast(parameters: SendingParameters, workload: Workload): Forecast {
	const { segments, roundTripMs, callMs } = parameters;
	const bounds = boundsOf(parameters, workload);
	const limitedBy = (["tps", "window", "AWS calls"] as const).reduce((one, other) =>
		bounds[other] < bounds[one] ? other : one,
	);
	const messagesPerSecond = bounds[limitedBy];
	const firstAndLastMs = pickUpCalls * callMs + segments * roundTripMs + recordBatching.quietMs + recordCalls * callMs;
	return {
		drainSeconds: workload.messages / messagesPerSecond + firstAndLastMs / 1_000,
		messagesPerSecond,
		urgentWaitMs: urgentWaitMs(parameters, workload, bounds),
		limitedBy,
	};
}
