import { openSync, writeSync } from "node:fs";
import { testsLog } from "./tests-log.ts";

/* Vitest has its own way to hear what a test prints. pino writes to the descriptor, and a thread's stderr is written by its process. */
if (process.stdout.fd === 1) {
	const fd = openSync(testsLog, "a");
	Object.defineProperty(process.stdout, "fd", { value: fd });
	process.stderr.write = (chunk: string | Uint8Array) => {
		writeSync(fd, typeof chunk === "string" ? Buffer.from(chunk) : chunk);
		return true;
	};
}
