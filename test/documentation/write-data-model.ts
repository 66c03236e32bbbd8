import { readFileSync, writeFileSync } from "node:fs";
import { dataModelFile, dataModelPage } from "./data-model.ts";

/** `npm run data-model`: writes the generated tables of the page. */
writeFileSync(dataModelFile, dataModelPage(readFileSync(dataModelFile, "utf8")));
