import document from "#shared/contracts/openapi.json" with { type: "json" };
import { ok } from "./http/answers.ts";
import { httpHandler } from "./http/http-handler.ts";

/** GET /openapi.json: this API, described; to everybody. */
const answer = ok(document);

export const handler = httpHandler(async () => answer);
