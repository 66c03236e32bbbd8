import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { manual } from "./manual.ts";
import { program } from "./program.ts";

writeFileSync(join(import.meta.dirname, "../docs/command-line.md"), manual(program(() => undefined)));
