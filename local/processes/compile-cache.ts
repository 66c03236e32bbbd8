import { join } from "node:path";
import { root } from "#infra/entries.ts";

/**
 * Where Node keeps what it made of source files. Fifteen threads and six processes load much the same code: without it each of them strips
 * and compiles all of it anew, which is half of what it costs to open a local stack. It goes by what the files hold, so it is never stale.
 */
export const compileCache = join(root, "node_modules/.cache/smsgw");

/** The variable by which a process or a thread is told of it. */
export const compileCacheEnv = { NODE_COMPILE_CACHE: compileCache } as const;
