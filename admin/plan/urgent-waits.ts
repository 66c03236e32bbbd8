import { percentile } from "#shared/domain/percentile.ts";
import { turnWeights } from "#shared/domain/send/fair-turns.ts";
import { smallPollPauseMs } from "#shared/domain/send/sending-rules.ts";
import { burstFor } from "#shared/domain/send/token-bucket.ts";
import { type Bounds, bulk, type SendingParameters, urgent, type Workload } from "./sending-bounds.ts";

const moments = 50;
/** Even parts from 0 to 1, by which a distribution is represented. */
const evenly = Array.from({ length: moments }, (_, moment) => (moment + 0.5) / moments);

export type UrgentWaitMs = { readonly p50: number; readonly p99: number };

/**
 * From the entry in its lane to the first submit_sm: an urgent message is picked up, waits until a bind may start a message, and then
 * behind other urgent messages. Null without urgent messages.
 */
export function urgentWaitMs(
	parameters: SendingParameters,
	{ urgentShare }: Workload,
	bounds: Bounds,
): UrgentWaitMs | null {
	if (urgentShare === 0) return null;
	const messagesPerSecond = Math.min(...Object.values(bounds));
	const pickUps = pickUpWaits(parameters, messagesPerSecond * urgentShare);
	const starts = startWaits(parameters, bounds);
	const queues = queueWaits(urgentShare, 1_000 / messagesPerSecond);
	const waits = pickUps.flatMap((pickUp) => starts.flatMap((start) => queues.map((queue) => pickUp + start + queue)));
	return { p50: Math.round(percentile(waits, 0.5)), p99: Math.round(percentile(waits, 0.99)) };
}

/** A poll returns a call's duration after the first message, with all that came in that time. Then its task pauses, and another task polls. */
function pickUpWaits({ callMs, tasks }: SendingParameters, urgentPerSecond: number): readonly number[] {
	const pauseMs = tasks === 1 ? smallPollPauseMs : 0;
	const cycleMs = (1_000 * tasks) / urgentPerSecond + callMs + pauseMs;
	return evenly.map((part) => {
		const leftMs = (1 - part) * cycleMs;
		const pollMs = leftMs > pauseMs ? Math.min(callMs, leftMs - pauseMs) : leftMs + callMs;
		return pollMs + callMs;
	});
}

/**
 * Waits behind other urgent messages, in the share of the turns that bulk leaves: the tail of an M/D/1 queue, where
 * load * (e ** decay - 1) = decay.
 */
function queueWaits(urgentShare: number, serviceMs: number): readonly number[] {
	const load = urgentShare * (1 + turnWeights[bulk] / turnWeights[urgent]);
	let decay = (2 * (1 - load)) / load;
	for (let step = 0; step < 200; step += 1) decay = Math.log(1 + decay / load);
	const scale = (1 - load) / (load * Math.exp(decay) - 1);
	return evenly.map((part) => (1 - part > load ? 0 : (Math.log(scale / (1 - part)) * serviceMs) / decay));
}

/**
 * The waits for the next start of a message on a bind, of messages that come at even moments of a cycle. A cycle is one round trip
 * for each segment; messages start in its first, as fast as the rate allows, until the window is full.
 */
function startWaits(parameters: SendingParameters, bounds: Bounds): readonly number[] {
	const { binds, tps, window, roundTripMs, segments } = parameters;
	const intervalMs = (1_000 * binds) / tps;
	const roundMs = Math.max(roundTripMs, intervalMs);
	const inRound = Math.min(window, roundMs / intervalMs);
	const pauseMs = roundMs - (inRound - 1) * intervalMs;
	const burst = Math.min(burstFor(tps / binds), pauseMs / intervalMs) - 1;
	const cycleMs = segments * roundMs;
	const spreadMs = Math.max(0, inRound - 1 - burst) * intervalMs;
	const busy = Math.min(1, bounds["AWS calls"] / Math.min(bounds.tps, bounds.window));
	return evenly.map((part) => {
		const at = part * cycleMs;
		return busy * (at < spreadMs ? intervalMs - (at % intervalMs) : cycleMs - at);
	});
}
