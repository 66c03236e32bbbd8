import { writeFileSync } from "node:fs";
import { allMarkedTests, contractTable, tableFile } from "./contract-table.ts";

writeFileSync(tableFile, contractTable(allMarkedTests()));
