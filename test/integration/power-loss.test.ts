import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "#infra/entries.ts";
import type { Item } from "#local/engines/dynamodb/attribute-values.ts";
import { openLmdbStore, storeFileName } from "#local/engines/lmdb-store.ts";
import type { Entry } from "#local/engines/sqs/queue.ts";
import { diskAfter } from "#test/fixtures/power-loss/disk-after.ts";
import { type FileCall, recordedCalls, straceArguments } from "#test/fixtures/power-loss/recorded-calls.ts";
import { sizeOf } from "#test/size-of.ts";

/**
 * The engines run on durable stores while strace records what they write and sync. Then the power is lost at random moments of the
 * recording: each disk that may be left is opened, and must have all that was acknowledged until then.
 */

const callsCount = sizeOf({ merge: 400, nightly: 1_500 });
const momentsCount = sizeOf({ merge: 60, nightly: 200 });
const canRecord = spawnSync("strace", ["-f", "true"]).status === 0;

const folder = mkdtempSync(join(tmpdir(), "smsgw-power-"));
const recorded = join(folder, "recorded");
const acknowledgedFile = join(recorded, "acknowledged");
const engines = ["dynamodb", "engines"] as const;
const storeOf = (engine: string) => join(recorded, engine, storeFileName);

let calls: readonly FileCall[] = [];
/** Each acknowledgement, with its place in the recording. */
let acknowledgements: readonly { readonly at: number; readonly words: readonly string[] }[] = [];

beforeAll(() => {
	if (!canRecord) return;
	mkdirSync(recorded);
	const recording = join(folder, "recording");
	const paths = [
		acknowledgedFile,
		recorded,
		...engines.flatMap((engine) => [join(recorded, engine), storeOf(engine), `${storeOf(engine)}.next`]),
	];
	const writer = join(root, "test/fixtures/power-loss/write-and-acknowledge.ts");
	const command = [process.execPath, "--disable-warning=ExperimentalWarning", writer, recorded, String(callsCount)];
	execFileSync("strace", [...straceArguments(recording, paths), ...command], {
		stdio: ["ignore", "inherit", "inherit"],
	});
	const all = recordedCalls(recording);
	calls = all.filter(({ file }) => file !== acknowledgedFile);
	acknowledgements = all.flatMap((call) =>
		call.kind === "write" && call.file === acknowledgedFile
			? [{ at: call.began, words: call.octets.toString().trim().split(" ") }]
			: [],
	);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

type Acknowledged = {
	/** The newest number of each item. */
	readonly numbers: ReadonlyMap<string, number>;
	readonly sent: ReadonlySet<string>;
	readonly deleting: ReadonlySet<string>;
	readonly deleted: ReadonlySet<string>;
};

function acknowledgedBefore(moment: number): Acknowledged {
	const numbers = new Map<string, number>();
	const [sent, deleting, deleted] = [new Set<string>(), new Set<string>(), new Set<string>()];
	for (const { at, words } of acknowledgements) {
		if (at >= moment) break;
		const [what, name = "", number] = words;
		if (what === "put") numbers.set(name, Math.max(numbers.get(name) ?? 0, Number(number)));
		if (what === "sent") sent.add(name);
		if (what === "deleting") deleting.add(name);
		if (what === "deleted") deleted.add(name);
	}
	return { numbers, sent, deleting, deleted };
}

/** Opens what is left of the stores, as a start of the gateway does. */
async function contentsOf(disk: ReadonlyMap<string, Buffer>, at: string) {
	const onBroken = (error: unknown) => expect.fail(String(error));
	const numbers = new Map<string, number>();
	const entries = new Set<string>();
	for (const engine of engines) {
		const file = join(at, engine, storeFileName);
		mkdirSync(dirname(file), { recursive: true });
		const content = disk.get(storeOf(engine));
		if (content !== undefined) writeFileSync(file, content);
		const store = await openLmdbStore({ folder: dirname(file), isDurable: true, onBroken });
		for (const [, { id, number }] of store.collection<Item>("table written").entries()) {
			numbers.set(String(id?.S), Number(number?.N));
		}
		for (const [, { body }] of store.collection<Entry>("entries").entries()) entries.add(body);
		await store.close();
	}
	return { numbers, entries };
}

function afterAnAcknowledgement(): number {
	const drawn = acknowledgements[Math.floor(Math.random() * acknowledgements.length)];
	return (drawn?.at ?? 0) + 1;
}

/** From nearly nothing to nearly all that was not synced. */
function drawsOf(index: number): () => boolean {
	const share = [0, 0, 0.5, Math.random(), 1][index % 5] ?? 0;
	return () => Math.random() < share;
}

describe("a loss of power", () => {
	it.skipIf(!canRecord)(
		"loses nothing that the engines acknowledged, at any moment and whatever of the rest reached the disk",
		async () => {
			const last = Math.max(...calls.map(({ began }) => began));
			expect(acknowledgements.length).toBeGreaterThan(callsCount);
			let checked = 0;
			for (let index = 0; index < momentsCount; index += 1) {
				const moment = index % 2 === 0 ? Math.floor(Math.random() * last) : afterAnAcknowledgement();
				const acknowledged = acknowledgedBefore(moment);
				const at = join(folder, `disk-${index}`);
				const found = await contentsOf(diskAfter(calls, moment, drawsOf(index)), at);

				const stale = [...acknowledged.numbers].filter(([id, number]) => (found.numbers.get(id) ?? 0) < number);
				const lost = [...acknowledged.sent].filter(
					(body) => !acknowledged.deleting.has(body) && !found.entries.has(body),
				);
				const back = [...acknowledged.deleted].filter((body) => found.entries.has(body));
				expect({ moment, stale, lost, back }).toEqual({ moment, stale: [], lost: [], back: [] });
				checked += acknowledged.numbers.size + acknowledged.sent.size;
				rmSync(at, { recursive: true });
			}
			console.log(`the power was lost at ${momentsCount} moments of ${acknowledgements.length} acknowledgements`);
			expect(checked).toBeGreaterThan(momentsCount);
		},
		300_000,
	);
});
