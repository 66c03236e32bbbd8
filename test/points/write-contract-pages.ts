import { writeFileSync } from "node:fs";
import { allMarkedTests, contractPages } from "./contract-pages.ts";

/** `npm run contract`: writes the two pages of the contract. */
for (const [file, page] of Object.entries(contractPages(allMarkedTests()))) writeFileSync(file, page);
