import "./kernel/patch-all.ts";
import { parseArgs } from "node:util";

const { runHistory } = await import("./run-history.ts");
const { loadCode } = await import("./world/load-code.ts");

const { values } = parseArgs({
	options: {
		seed: { type: "string" },
		seeds: { type: "string" },
		trace: { type: "boolean" },
		faults: { type: "string" },
	},
});
const code = await loadCode();
const [from = 1, to = from] = (values.seeds ?? values.seed ?? "1").split("-").map(Number);
const only = values.faults === undefined ? undefined : new Set(values.faults.split(","));
for (let seed = from; seed <= to; seed += 1) {
	const began = process.hrtime.bigint();
	const { lines, pairs, steps, failures, faults, ...result } = await new Promise<ReturnType<typeof runHistory>>(
		(resolve) =>
			setImmediate(() => resolve(runHistory(code, { seed, isTraced: values.trace ?? false, ...(only && { only }) }))),
	);
	const ms = Number(process.hrtime.bigint() - began) / 1e6;
	for (const line of lines) process.stdout.write(`${line}\n`);
	process.stdout.write(
		`${JSON.stringify({ ...result, ms: Math.round(ms), pairs: pairs.length, steps: steps.length })}\n`,
	);
	for (const failure of failures) process.stdout.write(`  ${failure.kind}: ${failure.text}\n`);
}
