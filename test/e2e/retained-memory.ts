import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { eventually } from "./client.ts";

/** The memory that processes of a local stack's gateway retain after garbage collection. */
export type RetainedMemory = {
	/** The `preload` option of the local stack. */
	readonly preload: string;
	/** The retained octets, on and off the heap. */
	of(pid: number): Promise<number>;
	close(): void;
};

export function retainedMemory(): RetainedMemory {
	const folder = mkdtempSync(join(tmpdir(), "smsgw-memory-"));
	const url = pathToFileURL(join(import.meta.dirname, "../fixtures/memory/preload.ts"));
	url.searchParams.set("folder", folder);
	return {
		preload: url.href,
		async of(pid) {
			const file = join(folder, String(pid));
			rmSync(file, { force: true });
			process.kill(pid, "SIGUSR2");
			await eventually(
				async () => existsSync(file),
				(written) => written,
			);
			return Number(readFileSync(file, "utf8"));
		},
		close: () => rmSync(folder, { recursive: true }),
	};
}
