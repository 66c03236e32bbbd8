import { randomUUID } from "node:crypto";
import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
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
	rmSync(partial, { recursive: true, force: true });
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

async function copyAll(parts: readonly Part[]): Promise<void> {
	const id = randomUUID();
	const tell = (backup: BackupCommand["backup"]) => {
		for (const { child, file } of parts) child.sendMessage({ id, backup, file } satisfies BackupCommand);
	};
	const all = async (step: BackupStep["step"]) => {
		await Promise.all(parts.map(async ({ child }) => await untilStep(child, id, step)));
	};
	try {
		tell("hold");
		await within(stepWithinMs, all("held"));
		tell("copy");
		await within(stepWithinMs, all("begun"));
	} finally {
		tell("release");
	}
	await all("copied");
}

/** Steps of an earlier backup, which was given up, are passed over. */
async function untilStep(child: Child, id: string, wanted: BackupStep["step"]): Promise<void> {
	for (;;) {
		const { id: of, step, error } = await child.nextMessage(backupStep);
		if (of !== id) continue;
		if (step === wanted) return;
		throw new Error(`the copy failed: ${error ?? step}`);
	}
}

async function within<Result>(ms: number, result: Promise<Result>): Promise<Result> {
	const timer = new AbortController();
	const late = wait(ms, undefined, { signal: timer.signal }).then(() => {
		throw new Error("the engines did not answer in time");
	});
	late.catch(() => undefined);
	try {
		return await Promise.race([result, late]);
	} finally {
		timer.abort();
	}
}
