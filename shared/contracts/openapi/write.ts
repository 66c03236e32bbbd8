import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { apiPageText } from "./api-page.ts";
import { openApiText } from "./document.ts";
import { postmanText } from "./postman.ts";

/** `npm run openapi`: writes the API's description, the page that shows it, and the Postman collection. */
const contracts = join(import.meta.dirname, "..");
writeFileSync(join(contracts, "openapi.json"), openApiText());
writeFileSync(join(contracts, "api-page.json"), apiPageText());
writeFileSync(join(contracts, "../../docs/clients/smsgw.postman_collection.json"), postmanText());
