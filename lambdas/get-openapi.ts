import document from "#shared/contracts/openapi.json" with { type: "json" };
import { httpHandler } from "./http/http-handler.ts";
import { ok } from "./http/responses.ts";

/** GET /openapi.json: the description of the API, without authentication. */
const answer = ok(document);

export const handler = httpHandler(async () => answer);
