import { readFileSync } from "node:fs";
import { refusedLicences } from "./licences.ts";

/** Fails if the lock file has a package whose licence is not allowed: `npm run licences`. */
const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
const refused = refusedLicences(packages);
for (const line of refused) console.error(line);
console.log(`${Object.keys(packages).length - 1} packages, ${refused.length} with a licence that is not allowed`);
process.exitCode = refused.length > 0 ? 1 : 0;
