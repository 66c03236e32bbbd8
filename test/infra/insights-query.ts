/** What a query of CloudWatch Logs Insights names. */
export type InsightsQuery = {
	/** Of `event = "…"` and `event in […]`; empty: of any event. */
	readonly events: readonly string[];
	/** Fields of the log lines, without the names that the query itself gives. */
	readonly fields: readonly string[];
};

const keywords = ["as", "by", "and", "or", "not", "in", "like", "asc", "desc"];
const functions = ["count", "sum", "max", "min", "avg", "latest", "earliest", "bin"];
const commands = ["fields", "filter", "stats", "sort", "limit"];

/** Reads the commands that our queries use. @throws Error if a command or a function is not one of them. */
export function insightsQuery(text: string): InsightsQuery {
	const named = new Set<string>();
	const fields = new Set<string>();
	const events: string[] = [];
	for (const line of text.split("\n").map((one) => one.replace(/^\| /, ""))) {
		const [command = "", ...rest] = line.split(" ");
		if (!commands.includes(command)) throw new Error(`the query has an unknown command: ${line}`);
		const given = rest.join(" ");
		events.push(...eventsIn(given));
		for (const [, alias = ""] of given.matchAll(/ as (\w+)/g)) named.add(alias);
		for (const field of fieldsIn(given)) if (!named.has(field)) fields.add(field);
	}
	return { events, fields: [...fields] };
}

function eventsIn(text: string): readonly string[] {
	const [, one, many = ""] = /event (?:= ("[^"]+")|in \[([^\]]+)\])/.exec(text) ?? [];
	return [...(one ?? many).matchAll(/"([^"]+)"/g)].map(([, event = ""]) => event);
}

function fieldsIn(text: string): readonly string[] {
	const bare = text.replaceAll(/"[^"]*"|\/[^/]*\//g, "").replaceAll(/bin\([^)]*\)/g, "");
	for (const [, name = ""] of bare.matchAll(/(\w+)\(/g)) {
		if (!functions.includes(name)) throw new Error(`the query has an unknown function: ${name}`);
	}
	return [...bare.matchAll(/@?[a-z][\w.]*(?!\w*\()/gi)]
		.map(([name]) => name)
		.filter((name) => !keywords.includes(name));
}
