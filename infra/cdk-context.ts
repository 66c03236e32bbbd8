import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { root } from "./entries.ts";

const cdkFile = z.object({ context: z.record(z.string(), z.unknown()) });

/** What CDK's command line synthesises with: feature flags, as cdk.json decides them. Whoever synthesises without it gives this to its app. */
export const cdkContext = cdkFile.parse(JSON.parse(readFileSync(join(root, "cdk.json"), "utf8"))).context;
