import { join } from "node:path";
import * as z from "zod";
import { root } from "#infra/entries.ts";
import { readEnv } from "#shared/contracts/read-env.ts";

const { NODE_COMPILE_CACHE: given } = readEnv(z.object({ NODE_COMPILE_CACHE: z.string().optional() }));

/**
 * Node's compile cache. Fifteen threads and six processes load much the same code; compiling it in each is half the cost of
 * opening a local stack. The cache is keyed by the files' content, so it is never stale. `NODE_COMPILE_CACHE` moves it.
 */
export const compileCache = given || join(root, "node_modules/.cache/smsgw");

export const compileCacheEnv = { NODE_COMPILE_CACHE: compileCache } as const;
