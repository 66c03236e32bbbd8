import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type LayoutFile, layoutFile, type Stored } from "./layout.ts";
import { memoryTables, type Rows, recordingQueue } from "./memory-aws.ts";
import { sampleEntries } from "./sample-entries.ts";
import { sampleRows } from "./sample-rows.ts";

export const folder = fileURLToPath(new URL("./released/", import.meta.url));

/** The layouts that were released, oldest first. */
export function releasedLayouts(): readonly (readonly [file: string, layout: LayoutFile])[] {
	const files = readdirSync(folder).filter((name) => /^\d{4}\.json$/.test(name));
	return files.sort().map((file) => [file, layoutFile.parse(JSON.parse(readFileSync(`${folder}${file}`, "utf8")))]);
}

/** What today's code writes, and reads from it. */
export async function currentLayout(): Promise<LayoutFile> {
	const layout: Record<string, Stored> = {};
	for (const [name, { write, isReadOnly }] of Object.entries(sampleRows)) {
		const { stores, rows } = memoryTables();
		await write(stores);
		layout[`row: ${name}`] = await withReading(`row: ${name}`, {
			rows: asJson(rows()) as Record<string, never[]>,
			...(isReadOnly && { isReadOnly }),
		});
	}
	for (const [name, { write, isReadOnly }] of Object.entries(sampleEntries)) {
		const { client, bodies } = recordingQueue();
		await write(client);
		layout[`entry: ${name}`] = await withReading(`entry: ${name}`, {
			body: bodies[0] ?? "",
			...(isReadOnly && { isReadOnly }),
		});
	}
	return layout;
}

async function withReading(name: string, stored: Omit<Stored, "reading">): Promise<Stored> {
	return { ...stored, reading: await readingOf(name, stored) };
}

/** What today's code reads from a row or entry. @throws Error if it cannot read it, or does not know its kind. */
export async function readingOf(name: string, { rows, body }: Omit<Stored, "reading">): Promise<unknown> {
	const [kind, sample = ""] = name.split(/: (.*)/s);
	if (kind === "entry" && body !== undefined) return asJson(known(sampleEntries, sample).read(body));
	return asJson(await known(sampleRows, sample).read(memoryTables(rows as Rows).stores));
}

function known<Sample>(samples: Readonly<Record<string, Sample>>, name: string): Sample {
	const sample = samples[name];
	if (sample === undefined) throw new Error(`no sample says how "${name}" is read`);
	return sample;
}

/** As it comes back from a file. */
function asJson(value: unknown): unknown {
	const text = JSON.stringify(value, (_, inner) => (inner instanceof Map || inner instanceof Set ? [...inner] : inner));
	return text === undefined ? null : JSON.parse(text);
}
