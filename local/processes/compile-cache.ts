import { join } from "node:path";
import { root } from "#infra/entries.ts";

/**
 * Node's compile cache. Fifteen threads and six processes load much the same code; compiling it in each is half the cost of
 * opening a local stack. The cache is keyed by the files' content, so it is never stale.
 */
export const compileCache = join(root, "node_modules/.cache/smsgw");

export const compileCacheEnv = { NODE_COMPILE_CACHE: compileCache } as const;
