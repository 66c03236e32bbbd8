import { randomUUID } from "node:crypto";
import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BackupReport } from "#shared/contracts/local-stack-info.ts";
import { type BackupCommand, type BackupStep, backupStep } from "../engines/engine-messages.ts";
import { storeFileName } from "../engines/lmdb-store.ts";
import type { Child } from "../processes/child.ts";
import { openKeptFolder } from "../processes/data-folder.ts";
import { syncPath } from "../processes/durable-files.ts";

export type BackedUp = {
	/** The engines' processes, by the names of their folders. */
	readonly engines: Readonly<Record<string, Child>>;
	readonly secrets: () => Readonly<Record<string, string>>;
};

/** Of holding the engines, and of beginning the copies. Calls wait meanwhile. */
const stepWithinMs = 5_000;

/**
 * Copies the data into a new folder, which a local stack can run on. The copies of all engines are of one instant. The folder has its
 * name only when it is whole and on the disk. @throws Error of one line.
 */
export async function backUp({ engines, secrets }: BackedUp, folder: string): Promise<BackupReport> {
	const startedAt = performance.now();
	if (existsSync(folder)) throw new Error(`${folder} exists: give the name of a new folder`);
	const partial = `${folder}.partial`;
	if (existsSync(partial)) {
		throw new Error(`${partial} exists: if an earlier backup was cut short, delete it; or give another name`);
	}
	try {
		const copy = openKeptFolder(partial);
		const parts = Object.entries(engines).map(([name, child]) => ({
			child,
			file: join(copy.folderOf(name), storeFileName),
		}));
		await copyAll(parts);
		copy.keepSecrets(secrets());
		for (const { file } of parts) for (const path of [file, dirname(file)]) syncPath(path);
		renameSync(partial, folder);
		syncPath(dirname(folder));
		const octets = parts.reduce((sum, { file }) => sum + statSync(file.replace(partial, folder)).size, 0);
		return { folder, octets, tookMs: Math.round(performance.now() - startedAt) };
	} catch (error) {
		rmSync(partial, { recursive: true, force: true });
		throw error;
	}
}

type Part = { readonly child: Child; readonly file: string };

/** Returns, or throws, when no engine copies any more: the next backup finds them idle. */
async function copyAll(parts: readonly Part[]): Promise<void> {
	const id = randomUUID();
	const ask = (backup: BackupCommand["backup"]) => {
		for (const { child, file } of parts) child.sendMessage({ id, backup, file } satisfies BackupCommand);
	};
	const each = (step: BackupStep["step"], signal?: AbortSignal) =>
		parts.map(async ({ child }) => await untilStep(child, { id, step }, signal));
	let begun: readonly Promise<void>[];
	try {
		ask("hold");
		await allOf(each("held", AbortSignal.timeout(stepWithinMs)));
		ask("copy");
		begun = each("begun", AbortSignal.timeout(stepWithinMs));
		await Promise.allSettled(begun);
	} finally {
		ask("release");
	}
	const copied = begun.map(async (beginning, index) => {
		await beginning;
		const part = parts[index];
		if (part) await untilStep(part.child, { id, step: "copied" });
	});
	await allOf(copied);
}

/** Waits for all, although one fails: what still waits for an engine's message would take it from the next backup. */
async function allOf(works: readonly Promise<void>[]): Promise<void> {
	await Promise.allSettled(works);
	await Promise.all(works);
}

type Wanted = Pick<BackupStep, "id" | "step">;

/** Steps of an earlier backup, which was given up, are passed over. */
async function untilStep(child: Child, wanted: Wanted, signal?: AbortSignal): Promise<void> {
	for (;;) {
		const { id, step, error } = await child.nextMessage(backupStep, signal).catch((reason: unknown) => {
			throw signal?.aborted ? new Error("the engines did not answer in time") : reason;
		});
		if (id !== wanted.id) continue;
		if (step === wanted.step) return;
		throw new Error(`the copy failed: ${error ?? step}`);
	}
}
