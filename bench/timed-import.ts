import { pathToFileURL } from "node:url";

/** Says how many milliseconds a bundle takes to load: `node timed-import.ts file`. */
const [, , file = ""] = process.argv;
const startedAt = performance.now();
await import(pathToFileURL(file).href);
console.log(performance.now() - startedAt);
process.exit(0);
