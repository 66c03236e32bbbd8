import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "#infra/entries.ts";
import { sizeOf } from "#test/size-of.ts";

const folder = join(root, "test/infra/operator-count");

/** Synthesises in a process of its own, whose table of operators has `count` of them. */
function sizesWith(count: number) {
	const { stdout, stderr } = spawnSync(
		process.execPath,
		["--import", join(folder, "with-operators.ts"), join(folder, "synthesise-sizes.ts"), String(count)],
		{ cwd: root, encoding: "utf8" },
	);
	return stderr === "" ? (JSON.parse(stdout) as Record<string, unknown>) : { stderr };
}

/* All other tests of the templates have four operators. */
const counts = [1, 12, 5, 4].slice(0, sizeOf({ merge: 2, nightly: 4 }));

/* CloudFormation's limit is for each of the two stacks. */
it.each(counts)("%i operators fit into the limits of AWS, and each is watched", (count) => {
	const sizes = sizesWith(count);

	expect(sizes).toMatchObject({ lanes: count * 4, watchedForStall: count, quotaProblems: [] });
	expect(sizes["alarmMetricsMax"]).toBeLessThanOrEqual(10);
	expect(sizes["environmentBytesMax"]).toBeLessThan(4_096);
	expect(sizes["stackResources"]).toBeLessThan(1_000);
});
