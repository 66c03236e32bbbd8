import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "#infra/entries.ts";
import { guidePages, withTables } from "./guides/guide-pages.ts";

/** `npm run guides`: writes the tables of the clients' guides. */
for (const page of guidePages()) writeFileSync(join(root, page.file), withTables(page));
