import { createRequire, syncBuiltinESMExports } from "node:module";
import { activeKernel } from "./kernel.ts";

const require = createRequire(import.meta.url);

type WriteSync = (fd: number, data: string | Uint8Array, ...others: readonly unknown[]) => number;

/** Logs and metrics of simulated processes, which write them to standard output at once, go to the trace. */
export function patchOutput(): void {
	const fs = require("node:fs") as { writeSync: WriteSync };
	const real = fs.writeSync;
	fs.writeSync = (fd, data, ...others) => {
		const kernel = activeKernel();
		if (fd !== 1 || kernel === undefined) return real(fd, data, ...others);
		const text = typeof data === "string" ? data : Buffer.from(data).toString();
		if (!text.includes('"_aws"')) kernel.trace.line(() => text.trimEnd());
		return Buffer.byteLength(text);
	};
	syncBuiltinESMExports();
}
