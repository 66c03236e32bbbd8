import { join } from "node:path";
import { root } from "#infra/entries.ts";

/** The log of the code under test. On the console its lines would hide the results. */
export const testsLog = join(root, "node_modules/.cache/smsgw-tests.log");
