import { errorText } from "#shared/domain/message/error-codes.ts";
import type { MessageStatus } from "#shared/domain/message/statuses.ts";
import type { Standing, Timeline, TimelineEvent, TimelineKind } from "#shared/domain/message/timeline-event.ts";
import { almatyDayTime, almatyText } from "#shared/domain/time/almaty-time.ts";

/** A sentence for each kind of event. A console in another language has a table of the same type. */
export type TimelineTexts = {
	readonly events: { readonly [Kind in TimelineKind]: (event: TimelineEvent<Kind>) => string };
	readonly standings: {
		readonly [Kind in Standing["kind"]]: (standing: Extract<Standing, { kind: Kind }>, now: number) => string;
	};
};

export type TimelineLine = { readonly time: string; readonly text: string };

/** The timeline of a message as lines for people; the last says what it waits for, unless it waits for nothing. */
export function timelineLines(
	{ events, standing }: Timeline,
	now: number,
	texts: TimelineTexts = englishTimeline,
): readonly TimelineLine[] {
	const lines = events.map((event) => {
		const textOf = texts.events[event.kind] as (one: TimelineEvent) => string;
		return { time: almatyText(event.at), text: textOf(event) };
	});
	if (standing.kind === "nothing") return lines;
	const textOf = texts.standings[standing.kind] as (one: Standing, now: number) => string;
	return [...lines, { time: almatyText(now), text: textOf(standing, now) }];
}

const code = (errorCode: string) => `code ${errorCode}, ${errorText(errorCode)}`;
const byBind = (bindIndex: number | null) => (bindIndex === null ? "" : ` by bind ${bindIndex}`);
const times = (count: number) => (count === 1 ? "once" : `${count} times`);
const reportOf = (of: MessageStatus) => `the report of ${of}`;
const answered = (answer: string | null) => (answer === null ? "" : `: ${answer}`);

/** A code that is the same as the text's own adds nothing. */
function withCode(text: string, errorCode: string | null, detail: string | null = null): string {
	if (errorCode === null) return text;
	return `${text}, ${detail === null ? code(errorCode) : `code ${errorCode}, ${detail}`}`;
}

const waitReasons = {
	schedule: (until: string) => `waits for its schedule, ${until}`,
	time_bounds: (until: string, timeBounds: string) => `waits for its window (${timeBounds}) until ${until}`,
	expiry: (until: string, timeBounds: string) => `waits for its window (${timeBounds}), and expires before: ${until}`,
} as const;

export const englishTimeline: TimelineTexts = {
	events: {
		accepted: ({ channel, address, batchId }) =>
			`accepted by ${channel === "rest" ? "REST" : "SMPP"}${address === null ? "" : ` from ${address}`}${batchId === null ? "" : `, in batch ${batchId}`}`,
		waits: ({ at, until, reason, timeBounds }) => waitReasons[reason](almatyDayTime(until, at), timeBounds),
		released: () => "released: queued for its operator",
		paused: () => "set aside: its batch was paused",
		picked_up: () => "picked up from its lane",
		refused_for_now: ({ errorCode, bindIndex, times: count, lastAt }) =>
			`refused for now ${times(count)}${byBind(bindIndex)}, ${code(errorCode)}${count === 1 ? "" : `; the last time at ${almatyText(lastAt)}`}`,
		unanswered: ({ bindIndex }) => `a submit${byBind(bindIndex)} got no answer`,
		repeats_used_up: () => "not submitted again: all repeats are used up",
		left_out: ({ count }) => `further entries are left out here, ${count} failed attempts among them`,
		submitted: ({ operator, bindIndex, attempt }) =>
			`submitted to ${operator ?? "its operator"}${byBind(bindIndex)}${attempt === 1 ? "" : `, attempt ${attempt}`}`,
		confirmed: ({ smscIds, isComplete }) =>
			`${isComplete ? "confirmed" : "confirmed in part"} by the SMSC, id ${smscIds.map((id) => id || "(none)").join(", ")}`,
		receipt: ({ segments, smscId, status, errorCode, stat, err }) =>
			withCode(
				`receipt ${stat}${err === null ? "" : ` err ${err}`} for ${smscId || "an unknown id"}, segment ${segments.join(", ")}: ${status}`,
				errorCode,
			),
		ended: ({ status, errorCode, detail }) => withCode(`ended ${status}`, errorCode, detail),
		withdrawn: () => "withdrawn by the client",
		report_failed: ({ at, of, tries, answer, nextAt }) =>
			`${reportOf(of)} was not confirmed, attempt ${tries}: ${answer}; the next is due ${almatyDayTime(nextAt, at)}`,
		report_given_up: ({ of, tries, answer }) =>
			`${reportOf(of)} was given up${tries === null ? "" : ` after attempt ${tries}`}: ${answer}`,
		reported: ({ of, tries, answer }) =>
			`${reportOf(of)} was confirmed${tries === null ? "" : `, attempt ${tries}`}${answered(answer)}`,
	},
	standings: {
		time_bounds: ({ until }, now) => `waits for its window until ${almatyDayTime(until, now)}`,
		schedule: ({ until }, now) => `waits for its schedule, ${almatyDayTime(until, now)}`,
		paused: ({ since }, now) => `waits until its batch goes on; it was set aside at ${almatyDayTime(since, now)}`,
		receipt: ({ until }, now) => `waits for its receipt, until ${almatyDayTime(until, now)}`,
		expiry: ({ until }, now) => `expires ${almatyDayTime(until, now)}: its window does not open before`,
		other_submit: ({ until }, now) =>
			`waits until ${almatyDayTime(until, now)}, because another entry may have submitted it`,
		lane: ({ errorCode }) =>
			`waits for its turn in its lane${errorCode === null ? "" : `; its SMSC refuses it for now, ${code(errorCode)}`}`,
		report: ({ nextAt }, now) =>
			`waits for its client to confirm its report${nextAt === null || nextAt < now ? "" : `, next attempt ${almatyDayTime(nextAt, now)}`}`,
		nothing: () => "",
	},
};
