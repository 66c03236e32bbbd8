import { openSync, writeSync } from "node:fs";
import { testsLog } from "./tests-log.ts";

/* Vitest captures only what a test prints, not what pino and worker threads write to the descriptors. */
if (process.stdout.fd === 1) {
	const fd = openSync(testsLog, "a");
	Object.defineProperty(process.stdout, "fd", { value: fd });
	process.stderr.write = (chunk: string | Uint8Array) => {
		writeSync(fd, typeof chunk === "string" ? Buffer.from(chunk) : chunk);
		return true;
	};
}
