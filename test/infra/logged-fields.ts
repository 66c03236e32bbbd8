import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "#infra/entries.ts";

/**
 * The fields that each log event has wherever it is logged, read from the sources: an event's name is a literal in the call that
 * logs it.
 */
export type LoggedFields = ReadonlyMap<string, ReadonlySet<string>>;

/** Fields that every line has, and those of a logged error. */
export const commonFields = ["part", "level", "time", "event"];
export const errorFields = ["err.message", "err.type", "err.stack"];

const readableRows = "shared/aws/dynamo/readable-rows.ts";

/** Events whose fields, or some of them, are added elsewhere. */
const alsoIn: Readonly<Record<string, readonly string[]>> = {
	"bind.down": ["smpp/operators/operator-links-on-aws.ts"],
	"bind.up": ["smpp/operators/operator-links-on-aws.ts"],
	"message.unreadable": [readableRows],
	"row.unreadable": [readableRows],
};

export function loggedFields(): LoggedFields {
	const files = ["shared", "smpp", "lambdas"].flatMap(sourcesIn);
	const textOf = new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));
	const calls = [...textOf.values()].flatMap((text) =>
		[...text.matchAll(/"([a-z_]+\.[a-z_]+)"(?=[,)])/g)].map(({ index, 1: event = "" }) => ({
			event,
			fields: fieldsAt(text, index),
		})),
	);
	const added = (event: string) => (alsoIn[event] ?? []).flatMap((file) => keysIn(textOf.get(file) ?? ""));
	return new Map(
		[...Map.groupBy(calls, ({ event }) => event)].map(([event, own]) => {
			const [first, ...others] = own.map(({ fields }) => fields);
			const common = first?.filter((name) => others.every((names) => names.includes(name))) ?? [];
			return [event, new Set([...common, ...added(event)])];
		}),
	);
}

const sourcesIn = (folder: string) =>
	readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
		.filter((file) => file.endsWith(".ts"))
		.map((file) => `${folder}/${file}`);

/** The keys of the object that follows the event's name. If they are not all written there, those of all objects of the file. */
function fieldsAt(text: string, at: number): readonly string[] {
	const rest = text.slice(at).replace(/^"[a-z_.]+",?\s*/, "");
	if (!rest.startsWith("{")) return /^[);]/.test(rest) ? [] : keysIn(text);
	const object = balanced(rest);
	return object.includes("...") ? keysIn(text) : keysIn(object);
}

function balanced(text: string): string {
	let depth = 0;
	for (let end = 0; end < text.length; end += 1) {
		if (text[end] === "{") depth += 1;
		if (text[end] === "}") depth -= 1;
		if (depth === 0) return text.slice(0, end + 1);
	}
	return text;
}

/** Keys as logs have them: `name: value`, and the shorthand `name`. */
function keysIn(text: string): readonly string[] {
	return [...text.matchAll(/[{,]\s*([a-z][a-z_]*)(?=\s*[:,}])/g)].map(([, name = ""]) => name);
}
