import * as z from "zod";
import { smsc } from "#shared/contracts/smscs.ts";
import { command } from "../command.ts";
import { count, duration } from "../inputs.ts";
import { asRecord, asTable } from "../output.ts";
import { type Plan, planFor } from "../plan/plan.ts";

/** A whole number within bounds, as text. */
function wholeNumber(min: number, max: number) {
	const wrong = `must be a whole number from ${min.toLocaleString("en")} to ${max.toLocaleString("en")}`;
	return count(z.int(wrong).min(min, wrong).max(max, wrong));
}

const dayMinutes = 24 * 60;

/** Of the day in Almaty, in minutes since midnight. */
const timeOfDay = z
	.string()
	.regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of the day, such as 09:00")
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
		intake: duration.refine((ms) => ms > 0, "must be longer").default(600_000),
		at: timeOfDay.optional(),
		until: timeOfDay.optional(),
	})
	.refine(({ at, until }) => until === undefined || (at !== undefined && at < until), {
		error: "must be later than --at, which must be given",
		path: ["until"],
	});

export const plan = command({
	call: "plan <messages>",
	description:
		"how long a volume takes to one operator, what urgent messages wait beside it, what it costs, and what of AWS it needs",
	notes: `Foretold by a simulation of what the gateway does: all bulk lies in its lane at first, urgent messages come at any moment while it goes.
A wait is from the lane to the submit_sm. Nothing fails in it, and no SMSC is ever too busy. Dollars are for what is asked of AWS by use, at
the prices of us-east-1; Frankfurt is about a fifth dearer. Webhooks' own time is not counted among functions.`,
	options: [
		["--urgent <percent>", "how many of a hundred are urgent (1)"],
		["--binds <n>", `the operator's, over all tasks (${defaults.binds})`],
		["--tps <n>", `segments a second that it takes, over all binds (${defaults.tps})`],
		["--window <n>", `requests that may wait for their response, on each bind (${defaults.window})`],
		["--round-trip <ms>", "from a submit_sm to its response (50)"],
		["--segments <n>", "of each message (1)"],
		["--call <ms>", "how long a call to AWS takes (10)"],
		["--single", "clients hand in bulk one by one, in the place of batches"],
		["--intake <time>", "in which clients hand it all in, such as 30m (10m)"],
		["--at <HH:MM>", "bulk is scheduled for then, by Almaty's clock"],
		["--until <HH:MM>", "how much of it is left then, by the same clock"],
	],
	example: "plan 1000000 --tps 500 --binds 4 --at 09:00 --until 18:00",
	input,
	calculate({ urgent, single, intake, at, until, call, roundTrip, ...given }) {
		const found = planFor({
			...given,
			urgentShare: urgent / 100,
			intakeMode: single ? "single" : "batches",
			intakeSeconds: intake / 1_000,
			scheduled: at !== undefined,
			callMs: call,
			roundTripMs: roundTrip,
		});
		const record = { ...planView(found, given.messages), ...clockView(found, given.messages, { at, until }) };
		const { text } = asTable(found.quotas, "there are no quotas");
		return { data: { ...record, quotas: found.quotas }, text: `${asRecord(record).text}\n\n${text}` };
	},
});

const rounded = (value: number, digits: number) => Number(value.toFixed(digits));

const limitTexts = {
	tps: "the operator's TPS",
	window: "the window and the round trip",
	binds: "the binds: more tasks are needed than can have one",
	"AWS calls": "how long calls to AWS take",
} as const satisfies Record<Plan["limitedBy"], string>;

function planView(
	{ drainSeconds, messagesPerSecond, limitedBy, urgentWaitMs, tasks, dollars }: Plan,
	messages: number,
) {
	return {
		drains_in: durationText(drainSeconds),
		drain_seconds: rounded(drainSeconds, 1),
		messages_per_second: Number(messagesPerSecond.toPrecision(4)),
		limited_by: limitTexts[limitedBy],
		urgent_wait_ms: urgentWaitMs ?? { p50: null, p99: null },
		tasks,
		dollars: { total: rounded(dollars, 2), per_million: rounded((dollars / messages) * 1_000_000, 2) },
	};
}

type Clock = { readonly at: number | undefined; readonly until: number | undefined };

/** Where it begins at a time of the day: when it ends, and how much is left when it should have. */
function clockView({ drainSeconds, messagesPerSecond }: Plan, messages: number, { at, until }: Clock) {
	if (at === undefined) return {};
	const ends = { begins_at: timeText(at), ends_at: timeText(at + drainSeconds / 60) };
	if (until === undefined) return ends;
	const openSeconds = (until - at) * 60;
	const left = drainSeconds <= openSeconds ? 0 : Math.max(0, Math.ceil(messages - openSeconds * messagesPerSecond));
	return { ...ends, until: timeText(until), left_at_until: left };
}

/** `09:00`; `00:20 +1` is on the day after. */
function timeText(minutes: number): string {
	const days = Math.floor(minutes / dayMinutes);
	const [hour, minute] = [Math.floor((minutes % dayMinutes) / 60), Math.floor(minutes % 60)];
	const text = `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
	return days === 0 ? text : `${text} +${days}`;
}

/** `2d 3h`, `33m 20s`: its two largest units. */
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
