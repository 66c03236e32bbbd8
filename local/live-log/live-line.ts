import { inspect } from "node:util";
import { successes } from "#shared/domain/message/statuses.ts";

/** How a line is coloured. */
export type Tone = "plain" | "good" | "bad";

/** A log line as a person reads it while the gateway runs. */
export type LiveLine = {
	/** Milliseconds since 1970, if the log line has a time. */
	readonly at: number | undefined;
	readonly tone: Tone;
	readonly what: string;
	/** The account or the operator. */
	readonly who: string;
	readonly text: string;
};

type Fields = Readonly<Record<string, unknown>>;
type Shown = Omit<LiveLine, "at">;

/** More messages of one log line are shown together. */
const apartMax = 3;
const textMax = 160;

const fieldText = (value: unknown): string =>
	typeof value === "string" ? value : inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 2 });
const named = (fields: Fields, name: string, prefix: string) =>
	fields[name] === undefined ? "" : `${prefix}${fieldText(fields[name])}`;
const idsOf = ({ message_ids: ids }: Fields): readonly unknown[] => (Array.isArray(ids) ? ids : []);
const who = ({ operator, user_name: userName }: Fields) => fieldText(operator ?? userName ?? "");
const shown = (what: string, fields: Fields, text: string, tone: Tone = "plain"): Shown => {
	return { what, who: who(fields), text, tone };
};
const addressOf = ({ host, port }: Fields) => `${fieldText(host)}:${fieldText(port)}`;

/** A line for each message, or one for many. */
function eachMessage(what: string, fields: Fields, after: (index: number) => string, tone: Tone = "plain"): Shown[] {
	const ids = idsOf(fields);
	if (ids.length <= apartMax)
		return ids.map((id, index) => shown(what, fields, `${fieldText(id)}${after(index)}`, tone));
	const some = ids.slice(0, apartMax).map(fieldText).join(", ");
	return [shown(what, fields, `${ids.length} messages: ${some}, …`, tone)];
}

function smscIdsText({ smsc_ids: all }: Fields, index: number): string {
	const own: unknown = Array.isArray(all) ? all[index] : undefined;
	return Array.isArray(own) && own.length > 0 ? `, SMSC id ${own.map(fieldText).join(" ")}` : "";
}

/** What is shown of the events that every message, report and bind has. Of other events only warnings and errors are shown. */
const shownEvents: Readonly<Record<string, (fields: Fields) => readonly Shown[]>> = {
	"messages.accepted": (fields) =>
		eachMessage("accepted", { user_name: fields["user_name"], message_ids: fields["message_ids"] }, () =>
			named(fields, "operator", " for "),
		),
	"messages.submitted": (fields) => eachMessage("submitted", fields, (index) => smscIdsText(fields, index)),
	"messages.ended": (fields) => {
		const { status } = fields;
		const tone = successes.some((one) => one === status) ? "good" : "bad";
		return eachMessage(fieldText(status ?? "ended"), fields, () => named(fields, "error_code", ", code "), tone);
	},
	"report.confirmed": (fields) => eachMessage("reported", fields, () => ""),
	"report.unconfirmed": (fields) => [
		shown("report failed", fields, `${named(fields, "why", "")}${named(fields, "tries", ", attempt ")}`, "bad"),
	],
	"mo.received": (fields) => eachMessage("incoming", fields, () => named(fields, "recipient", " to ")),
	"bind.up": (fields) => [shown("bind up", fields, `${addressOf(fields)}${named(fields, "as", " as ")}`, "good")],
	"bind.down": (fields) => {
		const tone = ["stopped", "unbound"].includes(fieldText(fields["reason"])) ? "plain" : "bad";
		return [shown("bind down", fields, `${addressOf(fields)}${named(fields, "reason", ", ")}`, tone)];
	},
	"bind.renewed": (fields) => [shown("bind renewed", fields, named(fields, "reason", ""))],
	"operator.paused": (fields) => [shown("paused", fields, "", "bad")],
	"operator.resumed": (fields) => [shown("resumed", fields, "", "good")],
	"client.bound": (fields) => [
		shown("client bound", fields, `${named(fields, "address", "")}${named(fields, "as", " as ")}`, "good"),
	],
	"client.disconnected": (fields) => [
		shown("client left", fields, `${named(fields, "address", "")}${named(fields, "reason", ", ")}`),
	],
	/* The supervisor says this itself. */
	"process.exited": () => [],
	"client.request_refused": (fields) => [otherEvent("client.request_refused", fields)],
};

/** Fields that the line shows already, or that say nothing to a reader. */
const hidden = ["level", "time", "part", "event", "operator", "user_name"];

function otherEvent(event: string, fields: Fields): Shown {
	const text = Object.entries(fields)
		.filter(([name]) => !hidden.includes(name))
		.map(([name, value]) => `${name}: ${errorText(value)}`)
		.join(", ");
	return shown(event, fields, text.length > textMax ? `${text.slice(0, textMax)}…` : text, "bad");
}

function errorText(value: unknown): string {
	const message = typeof value === "object" && value !== null ? (value as Fields)["message"] : undefined;
	return fieldText(message ?? value).replaceAll(/\s+/g, " ");
}

/**
 * What of a log line is shown: nothing of metrics and of states. What is no JSON, such as the trace of a crash, is shown as it is.
 */
export function liveLines(line: string): readonly LiveLine[] {
	if (line.trim() === "") return [];
	const fields = parsed(line);
	if (fields === undefined) return [printable({ at: undefined, tone: "bad", what: "", who: "", text: line })];
	const { event, level, time } = fields;
	if (typeof event !== "string") return [];
	const at = typeof time === "string" ? Date.parse(time) : undefined;
	return shownOf(event, level, fields).map((one) => printable({ at, ...one }));
}

/** Clients choose some of the values: characters that control the terminal, or the direction of its text, would reach it. */
function printable(line: LiveLine): LiveLine {
	const plain = (text: string) => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
	return { ...line, what: plain(line.what), who: plain(line.who), text: plain(line.text) };
}

function shownOf(event: string, level: unknown, fields: Fields): readonly Shown[] {
	const how = Object.hasOwn(shownEvents, event) ? shownEvents[event] : undefined;
	if (how !== undefined) return how(fields);
	return level === "info" ? [] : [otherEvent(event, fields)];
}

function parsed(line: string): Fields | undefined {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === "object" && value !== null ? (value as Fields) : undefined;
	} catch {
		return undefined;
	}
}
