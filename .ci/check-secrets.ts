import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { secretsIn } from "./secrets.ts";

/** Refuses what looks like a credential in a file under version control: `npm run secrets`. */
const files = execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" })
	.split("\0")
	.filter((file) => file !== "" && existsSync(file));
const found = files.flatMap((file) => secretsIn(file, readFileSync(file, "utf8")));
for (const line of found) console.error(line);
console.log(`${files.length} files, ${found.length} secrets`);
process.exitCode = found.length > 0 ? 1 : 0;
