import { existsSync, renameSync, rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Database, open, type RootDatabase } from "lmdb";
import { syncPath } from "../processes/durable-files.ts";
import { groupCommit } from "./group-commit.ts";

export type StoreOptions = {
	readonly folder: string;
	/** Whether a write is on the disk before it counts as written. Without, a killed process loses nothing either. */
	readonly isDurable: boolean;
	/** A write failed, so that what the process has answered from it is wrong. */
	readonly onBroken: (error: unknown) => void;
};

/** Values by keys, in the order of the keys. A key is a text of octets (Latin-1). */
export type KeyedValues<Value> = {
	/** The newest value, written or not. */
	get(key: string): Value | undefined;
	put(key: string, value: Value): void;
	remove(key: string): void;
	/** The values in the file. Those that are not written yet are missing: wait for `written` first. */
	range(range: { readonly from: string; readonly to: string }, isDescending: boolean): Iterable<Value>;
	entries(): Iterable<readonly [key: string, value: Value]>;
};

/** Named collections in one LMDB file. The writes of concurrent calls share a transaction. */
export type LmdbStore = {
	collection<Value extends object>(name: string): KeyedValues<Value>;
	/** Waits until everything put so far is written. Undefined if nothing waits. */
	written(): Promise<void> | undefined;
	/** Whether a call since the last question met a value that may not be written yet. */
	hasMetUnwritten(): boolean;
	/** Copies all that is written when `begun` resolves, while calls go on. */
	copyTo(file: string): { readonly begun: Promise<void>; readonly done: Promise<void> };
	close(): Promise<void>;
};

type Octets = Database<string, Buffer>;
type Changes = Map<string, object | undefined>;
type Collection = { readonly file: Octets; waiting: Changes; writing: Changes };

const none: Changes = new Map();
const octets = (key: string) => Buffer.from(key, "latin1");

export const storeFileName = "store.mdb";

export async function openLmdbStore({ folder, isDurable, onBroken }: StoreOptions): Promise<LmdbStore> {
	const file = join(folder, storeFileName);
	if (isDurable && !existsSync(file)) await createDurably(file);
	const root = openFile(file, isDurable);
	let metUnwritten = false;
	const meetUnwritten = () => {
		metUnwritten = true;
	};
	const commit = groupCommit(async (collections: readonly Collection[]) => {
		await collections.map(putAll).at(-1);
		if (isDurable) await root.flushed;
		root.resetReadTxn();
		for (const collection of collections) collection.writing = none;
	}, onBroken);

	return {
		collection<Value extends object>(name: string) {
			const file: Octets = root.openDB({ name, keyEncoding: "binary", encoding: "string" });
			const own: Collection = { file, waiting: new Map(), writing: none };
			return valuesOf<Value>(own, () => commit.add(own), meetUnwritten);
		},
		written: commit.written,
		hasMetUnwritten() {
			const has = metUnwritten;
			metUnwritten = false;
			return has;
		},
		copyTo(file) {
			const done = root.backup(file, true);
			return { begun: Promise.race([hasOctets(file), done]), done };
		},
		async close() {
			await commit.written();
			await root.close();
		},
	};
}

const copyBeginsWithinMs = 10_000;

/** LMDB fixes what it copies before it writes the first octet of the copy. */
async function hasOctets(file: string): Promise<void> {
	const giveUpAt = performance.now() + copyBeginsWithinMs;
	while (performance.now() < giveUpAt) {
		const { size } = await stat(file).catch(() => ({ size: 0 }));
		if (size > 0) return;
		await wait(1);
	}
	throw new Error(`${file} was not begun within ${copyBeginsWithinMs} ms`);
}

const collectionsMax = 200;

/** A file that was written in part cannot be opened, so it gets its name when it is whole and on the disk. */
async function createDurably(file: string): Promise<void> {
	const next = `${file}.next`;
	rmSync(next, { force: true });
	await openFile(next, true).close();
	syncPath(next);
	renameSync(next, file);
	syncPath(dirname(file));
	rmSync(`${next}-lock`, { force: true });
}

function openFile(path: string, isDurable: boolean): RootDatabase<string, Buffer> {
	return open({
		path,
		noSubdir: true,
		maxDbs: collectionsMax,
		/* Pages of this size take the longest keys of DynamoDB. */
		pageSize: 8_192,
		encoding: "string",
		/* Begins with what was flushed, which is all that was acknowledged, instead of with what this machine has only written. */
		...(isDurable && { safeRestore: true }),
		/* A file that does not outlive the machine's run costs half if it is written through memory. */
		...(!isDurable && { noSync: true, useWritemap: true, overlappingSync: false }),
	});
}

function valuesOf<Value extends object>(
	own: Collection,
	onChange: () => void,
	onUnwritten: () => void,
): KeyedValues<Value> {
	const { file } = own;
	const change = (key: string, value: Value | undefined) => {
		own.waiting.set(key, value);
		onChange();
	};
	return {
		get(key) {
			const changes = own.waiting.has(key) ? own.waiting : own.writing;
			if (changes.has(key)) {
				onUnwritten();
				return changes.get(key) as Value | undefined;
			}
			const text = file.get(octets(key));
			return text === undefined ? undefined : (JSON.parse(text) as Value);
		},
		put: change,
		remove: (key) => change(key, undefined),
		range({ from, to }, isDescending) {
			onUnwritten();
			const bounds = isDescending
				? { start: octets(to), end: octets(from), exclusiveStart: true, inclusiveEnd: true, reverse: true }
				: { start: octets(from), end: octets(to) };
			return file.getRange(bounds).map(({ value }) => JSON.parse(value) as Value);
		},
		entries: () =>
			file.getRange({}).map(({ key, value }) => [key.toString("latin1"), JSON.parse(value) as Value] as const),
	};
}

function putAll(collection: Collection): Promise<boolean> | undefined {
	const { file, waiting } = collection;
	collection.writing = waiting;
	collection.waiting = new Map();
	let last: Promise<boolean> | undefined;
	for (const [key, value] of waiting) {
		last = value === undefined ? file.remove(octets(key)) : file.put(octets(key), JSON.stringify(value));
	}
	return last;
}
