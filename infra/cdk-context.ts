import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { root } from "./entries.ts";

const cdkFile = z.object({ context: z.record(z.string(), z.unknown()) });

/** The feature flags in cdk.json, for an app that is synthesised without CDK's command line. */
export const cdkContext = cdkFile.parse(JSON.parse(readFileSync(join(root, "cdk.json"), "utf8"))).context;
