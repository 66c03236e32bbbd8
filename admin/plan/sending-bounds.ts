import {
	bufferedMaxFor,
	entriesMax,
	entriesToReceive,
	exposureMaxFor,
	recordBatching,
} from "#shared/domain/send/sending-rules.ts";

/** An operator's contract over all tasks, the delays of the SMSC and of AWS, and the number of tasks. */
export type SendingParameters = {
	readonly binds: number;
	/** Segments a second. */
	readonly tps: number;
	/** Requests that may wait for their response, on each bind. */
	readonly window: number;
	/** From a submit_sm to its response. */
	readonly roundTripMs: number;
	/** submit_sm requests of each message. */
	readonly segments: number;
	/** Duration of a call to AWS. */
	readonly callMs: number;
	/** At most one for each bind. */
	readonly tasks: number;
};

/** Bulk that waits in its lane at the start, and urgent messages that come at random moments while it is sent. */
export type Workload = {
	readonly messages: number;
	/** From 0 to 0.9. */
	readonly urgentShare: number;
	/** Messages in each lane entry of bulk. An urgent message has its own entry. */
	readonly entrySize: number;
};

/** Priorities. */
export const [bulk, urgent] = [0, 2] as const;

export type Limit = "tps" | "window" | "AWS calls";

/** Messages a second. */
export type Bounds = Readonly<Record<Limit, number>>;

/** The most messages a second that each of the limits allows. */
export function boundsOf(parameters: SendingParameters, workload: Workload): Bounds {
	const awsCalls = Math.min(intakeBound(parameters, workload), exposureBound(parameters));
	return { ...operatorBounds(parameters), "AWS calls": awsCalls };
}

/** The most messages a second that the contract's rate and the windows (Little's law) allow. */
export function operatorBounds({ binds, tps, window, roundTripMs, segments }: Omit<SendingParameters, "tasks">) {
	return { tps: tps / segments, window: (binds * window * 1_000) / roundTripMs / segments };
}

/** Calls before a message lies ready: a poll of its lane, and the check of what the poll gave. */
export const pickUpCalls = 2;

/** Of the messages that a task holds of a lane, a third is received, a third is checked and a third lies ready. */
const heldParts = 3;

/** Each task polls each lane once in a call's duration. */
function intakeBound({ tps, tasks, callMs }: SendingParameters, { urgentShare, entrySize }: Workload): number {
	const room = bufferedMaxFor(tps / tasks) / heldParts;
	const bulkInPoll = entriesToReceive(bulk, room, { entrySize, fruitless: false }) * entrySize;
	const perPoll = Math.min(bulkInPoll / (1 - urgentShare), entriesMax / urgentShare);
	return (tasks * perPoll * 1_000) / callMs;
}

function exposureBound(parameters: SendingParameters): number {
	const { binds, window, tps } = parameters;
	return (exposureMaxFor(binds, { window, tpsOfEach: tps / binds }) * 1_000) / exposedMs(parameters);
}

/** Calls that record a submitted message: its submission with its watch row, then its own row. */
export const recordCalls = 2;

/** From the first submit_sm of a message until it is recorded. */
export function exposedMs({ segments, roundTripMs, callMs }: Omit<SendingParameters, "tasks">): number {
	return segments * roundTripMs + recordBatching.waitMs + recordCalls * callMs;
}
