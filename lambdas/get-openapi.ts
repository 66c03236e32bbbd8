import document from "#shared/contracts/openapi.json" with { type: "json" };
import { httpHandler } from "./http/http-handler.ts";
import { ok } from "./http/responses.ts";

/** GET /openapi.json: this API, described; to everybody. */
const answer = ok(document);

export const handler = httpHandler(async () => answer);
