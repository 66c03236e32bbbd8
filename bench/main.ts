import { parseArgs } from "node:util";
import { forgetCalls } from "./calls.ts";
import { coldTable, measureCold } from "./cold.ts";
import { batchSize, byBatches, bySinglePosts, bySmpp, type Load } from "./load/loads.ts";
import { numbering } from "./load/messages.ts";
import { growthTable, tableOf } from "./print.ts";
import { measurePriority, priorityTable } from "./priority.ts";
import { type Run, runOnce } from "./run-once.ts";
import { openSurroundings } from "./surroundings.ts";

/** How fast and how cheap the gateway is on this machine: `npm run bench -- --help`. */

const help = `npm run bench -- [options]

  --mode single,batches,smpp   which ways in (all of them)
  --messages N            messages of a run (4,000; single posts a quarter of it)
  --runs N                runs of each mode, after one that warms up (3)
  --priority              in the place of those: urgent messages beside a flood of bulk
  --bulk N                how much of it (100,000)
  --scale 1,4,16          each mode at so many times the messages, side by side
  --cold                  in the place of those: each function's bundle and how long it loads, and npm start to ready
  --json                  the runs as JSON, for machines
`;

const modes: Readonly<Record<string, { readonly load: Load; readonly part: number }>> = {
	single: { load: bySinglePosts, part: 0.25 },
	batches: { load: byBatches, part: 1 },
	smpp: { load: bySmpp, part: 1 },
};

/** An operator that never slows anybody down. */
const unlimited = { tps: 100_000, binds: 4, window: 500 };

const wholeBatches = (messages: number) => Math.max(1, Math.round(messages / batchSize)) * batchSize;

const { values } = parseArgs({
	options: {
		mode: { type: "string", default: Object.keys(modes).join(",") },
		messages: { type: "string", default: "4000" },
		runs: { type: "string", default: "3" },
		priority: { type: "boolean", default: false },
		bulk: { type: "string", default: "100000" },
		scale: { type: "string", default: "1" },
		cold: { type: "boolean", default: false },
		json: { type: "boolean", default: false },
		help: { type: "boolean", default: false },
	},
});
if (values.help) {
	console.log(help);
	process.exit(0);
}
if (values.priority) {
	const urgency = await measurePriority(Number(values.bulk)).finally(forgetCalls);
	console.log(values.json ? JSON.stringify(urgency, null, 2) : priorityTable(urgency));
	process.exit(0);
}
if (values.cold) {
	const cold = await measureCold();
	console.log(values.json ? JSON.stringify(cold, null, 2) : coldTable(cold));
	process.exit(0);
}

const scales = values.scale.split(",").map(Number);
const results: Record<string, readonly Run[]> = {};
const all = await openSurroundings({ smsc: unlimited });
const numbers = numbering();
try {
	for (const name of values.mode.split(",")) {
		const mode = modes[name];
		if (mode === undefined) throw new Error(`--mode ${name}: is none of ${Object.keys(modes).join(", ")}`);
		const base = Number(values.messages) * mode.part;
		await runOnce(all, mode.load, wholeBatches(base / 4), numbers);
		for (const times of scales) {
			const runs: Run[] = [];
			for (let run = 0; run < Number(values.runs); run += 1) {
				runs.push(await runOnce(all, mode.load, wholeBatches(base * times), numbers));
			}
			results[scales.length === 1 ? name : `${name} ×${times}`] = runs;
		}
	}
} finally {
	await all.stop();
	forgetCalls();
}
const asText = scales.length > 1 ? growthTable(results) : tableOf(results);
console.log(values.json ? JSON.stringify(results, null, 2) : asText);
