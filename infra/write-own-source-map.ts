import { readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { root } from "./entries.ts";
import { ownSourceMap } from "./own-source-map.ts";

/** `node infra/write-own-source-map.ts FILE`: leaves of a bundle's map what is of our own sources. */
const [, , file = ""] = process.argv;
writeFileSync(file, JSON.stringify(ownSourceMap(JSON.parse(readFileSync(file, "utf8")), root, dirname(file))));
