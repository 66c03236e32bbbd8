import { pathToFileURL } from "node:url";

/** Prints the milliseconds in which a bundle loads: `node timed-import.ts FILE`. */
const [, , file = ""] = process.argv;
const startedAt = performance.now();
await import(pathToFileURL(file).href);
console.log(performance.now() - startedAt);
process.exit(0);
