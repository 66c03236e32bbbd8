import { createRequire, syncBuiltinESMExports } from "node:module";
import { activeKernel, type Kernel } from "./kernel.ts";

const require = createRequire(import.meta.url);

type AnyFunction = (...values: readonly unknown[]) => unknown;

/** Writes logs and metrics, which simulated processes print to standard output, to the trace. */
export function patchOutput(): void {
	const fs = require("node:fs") as Record<"write" | "writeSync", AnyFunction>;
	const real = { write: fs.write, writeSync: fs.writeSync };
	fs.writeSync = (fd, data, ...others) => {
		const kernel = activeKernel();
		return fd === 1 && kernel !== undefined ? traced(kernel, data) : real.writeSync(fd, data, ...others);
	};
	fs.write = (fd, data, ...others) => {
		const kernel = activeKernel();
		if (fd !== 1 || kernel === undefined) return real.write(fd, data, ...others);
		const written = traced(kernel, data);
		const done = others.at(-1);
		if (typeof done === "function") process.nextTick(done as AnyFunction, null, written);
		return undefined;
	};
	syncBuiltinESMExports();
}

/** Returns the number of octets written. Metrics are left out of the trace: the log has the same facts. */
function traced({ trace }: Kernel, data: unknown): number {
	const text = typeof data === "string" ? data : Buffer.from(data as Uint8Array).toString();
	if (trace.isKept && !text.includes('"_aws"')) trace.line(() => text.trimEnd());
	return Buffer.byteLength(text);
}
