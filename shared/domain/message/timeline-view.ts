import { almatyText } from "../time/almaty-time.ts";
import { errorText } from "./error-codes.ts";
import type { Standing, Timeline, TimelineEvent } from "./timeline-event.ts";

/** Who reads it. A client does not see the operator's binds, or what a task does between them. */
export type TimelineReader = "client" | "operator";

/** The history of a message as JSON, in the form of GET: times are Almaty's (A13), and a field that has no value is absent. */
export function timelineView({ events, standing }: Timeline, reader: TimelineReader) {
	const visible = events.filter(({ kind }) => reader === "operator" || kind !== "picked_up");
	return {
		history: visible.map((event) => eventView(event, reader)),
		waits_for: standing.kind,
		waits_until: standingUntil(standing),
	};
}

function standingUntil(standing: Standing): string | null {
	if ("until" in standing) return almatyText(standing.until);
	return standing.kind === "report" && standing.nextAt !== null ? almatyText(standing.nextAt) : null;
}

export type EventView = {
	readonly event: TimelineEvent["kind"];
	readonly time: string;
} & ReturnType<typeof detailsOf>;

function eventView(event: TimelineEvent, reader: TimelineReader): EventView {
	const { bind, ...details } = detailsOf(event);
	return {
		event: event.kind,
		time: almatyText(event.at),
		...details,
		...(reader === "operator" && bind !== undefined && { bind }),
	};
}

type EventDetails = {
	readonly channel?: "rest" | "smpp";
	readonly address?: string;
	readonly batch_id?: number;
	readonly reason?: "schedule" | "time_bounds" | "expiry";
	readonly until?: string;
	readonly error_code?: string;
	readonly error_message?: string;
	readonly count?: number;
	readonly last_time?: string;
	readonly bind?: number;
	readonly attempt?: number;
	readonly smcsc_ids?: readonly string[];
	readonly segments?: readonly number[];
	readonly status?: TimelineEvent<"ended">["status"];
	readonly stat?: string;
	readonly err?: string;
	readonly answer?: string;
	readonly next_time?: string;
};

const bindOf = (bindIndex: number | null) => (bindIndex === null ? {} : { bind: bindIndex });
const codeOf = (code: string | null, detail: string | null = null) => {
	const message = detail ?? errorText(code);
	return { ...(code !== null && { error_code: code }), ...(message !== null && { error_message: message }) };
};

function detailsOf(event: TimelineEvent): EventDetails {
	switch (event.kind) {
		case "accepted": {
			const { channel, address, batchId } = event;
			return { channel, ...(address !== null && { address }), ...(batchId !== null && { batch_id: batchId }) };
		}
		case "waits":
			return { reason: event.reason, until: almatyText(event.until) };
		case "refused_for_now": {
			const { errorCode, bindIndex, times, lastAt } = event;
			return { ...codeOf(errorCode), count: times, last_time: almatyText(lastAt), ...bindOf(bindIndex) };
		}
		case "unanswered":
			return bindOf(event.bindIndex);
		case "left_out":
			return { count: event.count };
		case "submitted":
			return { attempt: event.attempt, ...bindOf(event.bindIndex) };
		case "confirmed":
			return { smcsc_ids: event.smscIds };
		case "receipt": {
			const { segments, smscId, status, errorCode, stat, err } = event;
			const written = { stat, ...(err !== null && { err }) };
			return { segments, smcsc_ids: [smscId], status, ...written, ...codeOf(errorCode) };
		}
		case "ended":
			return { status: event.status, ...codeOf(event.errorCode, event.detail) };
		case "report_failed": {
			const { of: status, tries: attempt, answer, nextAt } = event;
			return { status, attempt, answer, next_time: almatyText(nextAt) };
		}
		case "report_given_up":
		case "reported": {
			const { of: status, tries, answer } = event;
			return { status, ...(tries !== null && { attempt: tries }), ...(answer !== null && { answer }) };
		}
		default:
			return {};
	}
}
