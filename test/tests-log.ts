import { join } from "node:path";
import { root } from "#infra/entries.ts";

/** Where the code under test logs: its lines would hide the results. */
export const testsLog = join(root, "node_modules/.cache/smsgw-tests.log");
