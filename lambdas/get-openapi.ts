import page from "#shared/contracts/api-page.json" with { type: "json" };
import document from "#shared/contracts/openapi.json" with { type: "json" };
import { apiPagePath } from "#shared/contracts/routes.ts";
import { httpHandler } from "./http/http-handler.ts";
import { htmlPage, ok } from "./http/responses.ts";

/** GET /openapi.json and GET /docs: the description of the API, for programs and for people, without authentication. */
const described = ok(document);
const shown = htmlPage(page);

export const handler = httpHandler(async ({ rawPath }) =>
	rawPath.replace(/\/$/, "").endsWith(apiPagePath) ? shown : described,
);
