import * as z from "zod";
import { smsc } from "#shared/contracts/smscs.ts";
import { command } from "../command.ts";
import { count, duration } from "../inputs.ts";
import { asRecord, asTable } from "../output.ts";
import { type Plan, planFor } from "../plan/plan.ts";
import { breaksFirst } from "../plan/quotas.ts";

function wholeNumber(min: number, max: number) {
	const allowed = `a whole number from ${min.toLocaleString("en")} to ${max.toLocaleString("en")}`;
	return count(z.int(allowed).min(min, allowed).max(max, allowed), allowed);
}

const dayMinutes = 24 * 60;

/** In Almaty, in minutes since midnight. */
const timeOfDay = z
	.string()
	.regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of the day, such as 09:00")
	.transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

const defaults = smsc.pick({ binds: true, tps: true, window: true }).parse({});

const input = z
	.object({
		messages: wholeNumber(1, 100_000_000),
		urgent: wholeNumber(0, 90).default(1),
		binds: wholeNumber(1, 64).default(defaults.binds),
		tps: wholeNumber(1, 100_000).default(defaults.tps),
		window: wholeNumber(1, 10_000).default(defaults.window),
		roundTrip: wholeNumber(1, 10_000).default(50),
		segments: wholeNumber(1, 22).default(1),
		call: wholeNumber(1, 1_000).default(10),
		single: z.boolean().default(false),
		intake: duration.refine((ms) => ms > 0, "a time longer than 0").default(600_000),
		accounts: wholeNumber(1, 100_000).default(1),
		outage: duration.default(0),
		webhook: wholeNumber(1, 10_000).default(100),
		at: timeOfDay.optional(),
		until: timeOfDay.optional(),
	})
	.refine(({ at, until }) => until === undefined || (at !== undefined && at < until), {
		error: "--until requires an earlier --at",
	});

export const plan = command({
	call: "plan <messages>",
	description: "forecast a campaign to one operator: duration, waits of urgent messages, tasks, costs and quotas",
	notes: `The forecast is computed from the rules by which the gateway sends. All bulk waits in its lane at the start, and urgent messages
come at random. urgent_wait_ms is the time from the lane to the submit_sm. Failures and throttling are not included. Dollars
are AWS charges by use in eu-central-1, without storage and logs. breaks_first is the limit of which most is needed.`,
	options: [
		["--urgent <percent>", "share of urgent messages, 0 to 90 (1)"],
		["--binds <n>", `binds of the operator, over all tasks (${defaults.binds})`],
		["--tps <n>", `segments a second, over all binds (${defaults.tps})`],
		["--window <n>", `requests without a response, on each bind (${defaults.window})`],
		["--round-trip <ms>", "time from a submit_sm to its response (50)"],
		["--segments <n>", "segments of each message (1)"],
		["--call <ms>", "duration of a call to AWS (10)"],
		["--single", "clients send one message in a request instead of batches"],
		["--intake <time>", "time in which clients send all messages, such as 30m (10m)"],
		["--accounts <n>", "accounts that send the messages, with two SMPP sessions each (1)"],
		["--outage <time>", "the operator is down for this time, such as 24h, from the first message on"],
		["--webhook <ms>", "time from a report's POST to its answer (100)"],
		["--at <HH:MM>", "scheduled start of all bulk, in Almaty"],
		["--until <HH:MM>", "count the messages that are left then, in Almaty"],
	],
	example: "plan 1000000 --tps 500 --binds 4 --at 09:00 --until 18:00",
	input,
	calculate({ urgent, single, intake, at, until, call, roundTrip, outage, webhook, ...given }) {
		const result = planFor({
			...given,
			urgentShare: urgent / 100,
			intakeMode: single ? "single" : "batches",
			intakeSeconds: intake / 1_000,
			scheduled: at !== undefined,
			callMs: call,
			roundTripMs: roundTrip,
			outageSeconds: outage / 1_000,
			webhookMs: webhook,
		});
		const record = { ...planView(result, given.messages), ...clockView(result, given.messages, { at, until }) };
		const { text } = asTable(result.quotas, "no quotas");
		return { data: { ...record, quotas: result.quotas }, text: `${asRecord(record).text}\n\n${text}` };
	},
});

const rounded = (value: number, digits: number) => Number(value.toFixed(digits));

const limitTexts = {
	tps: "the operator's TPS",
	window: "the window and the round trip",
	binds: "the binds: the rate needs more tasks than there are binds",
	"AWS calls": "the duration of calls to AWS",
} as const satisfies Record<Plan["limitedBy"], string>;

function planView(
	{ drainSeconds, messagesPerSecond, limitedBy, urgentWaitMs, tasks, dollars, quotas }: Plan,
	messages: number,
) {
	return {
		drains_in: durationText(drainSeconds),
		drain_seconds: rounded(drainSeconds, 1),
		messages_per_second: Number(messagesPerSecond.toPrecision(4)),
		limited_by: limitTexts[limitedBy],
		urgent_wait_ms: urgentWaitMs ?? { p50: null, p99: null },
		tasks,
		breaks_first: breaksFirstText(quotas),
		dollars: { total: rounded(dollars, 2), per_million: rounded((dollars / messages) * 1_000_000, 2) },
	};
}

function breaksFirstText(quotas: Plan["quotas"]): string {
	const first = breaksFirst(quotas);
	return first === undefined ? "nothing" : `${first.quota}: ${first.needed} of ${first.allowed}`;
}

type Clock = { readonly at: number | undefined; readonly until: number | undefined };

function clockView({ drainSeconds, messagesPerSecond }: Plan, messages: number, { at, until }: Clock) {
	if (at === undefined) return {};
	const ends = { begins_at: timeText(at), ends_at: timeText(at + drainSeconds / 60) };
	if (until === undefined) return ends;
	const openSeconds = (until - at) * 60;
	const left = drainSeconds <= openSeconds ? 0 : Math.max(0, Math.ceil(messages - openSeconds * messagesPerSecond));
	return { ...ends, until: timeText(until), left_at_until: left };
}

/** `09:00`; `00:20 +1` is on the next day. */
function timeText(minutes: number): string {
	const days = Math.floor(minutes / dayMinutes);
	const [hour, minute] = [Math.floor((minutes % dayMinutes) / 60), Math.floor(minutes % 60)];
	const text = `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
	return days === 0 ? text : `${text} +${days}`;
}

/** Its two largest units: `2d 3h`, `33m 20s`. */
function durationText(seconds: number): string {
	const whole = Math.max(1, Math.round(seconds));
	const units = [
		[Math.floor(whole / 86_400), "d"],
		[Math.floor(whole / 3_600) % 24, "h"],
		[Math.floor(whole / 60) % 60, "m"],
		[whole % 60, "s"],
	] as const;
	const first = units.findIndex(([count]) => count > 0);
	return units
		.slice(first, first + 2)
		.map(([many, unit]) => `${many}${unit}`)
		.join(" ");
}
