import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { manual } from "./manual.ts";
import { program } from "./program.ts";

/** `npm run manual`: writes docs/command-line.md. */
writeFileSync(join(import.meta.dirname, "../docs/command-line.md"), manual(program(() => undefined)));
