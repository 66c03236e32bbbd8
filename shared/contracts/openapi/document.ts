import { basePath, routes } from "../routes.ts";
import { type Json, schemas } from "./components.ts";
import { operations } from "./operations.ts";
import { answer, responses } from "./responses.ts";
import { webhooks } from "./webhooks.ts";

const description = `Sends SMS to subscribers of Kazakhstan's four operators, and reports what became of them.

JSON in and out, in UTF-8. Every path is answered with one slash at its end too. A request that no route answers gets a 404, or a
405 where another method is answered there. What API Gateway refuses before the gateway sees it (a body over 10 MB, more
requests than it takes) has a body of its own.`;

/** The gateway's API as an OpenAPI 3.1 document, from the schemas and routes that it runs on. */
export function openApiDocument(): Json {
	return {
		openapi: "3.1.1",
		info: { title: "SMSGW", version: "2", description },
		servers: [{ url: basePath }],
		security: [{ basic: [] }],
		paths: paths(),
		webhooks,
		components: {
			securitySchemes: { basic: { type: "http", scheme: "basic" } },
			schemas: schemas(),
			responses,
		},
		"x-otherwise": { 404: answer("NotFound"), 405: answer("MethodNotAllowed") },
	};
}

function paths(): Json {
	const byPath = Map.groupBy(routes, ({ path }) => path.replace("+}", "}"));
	return Object.fromEntries(
		[...byPath].map(([path, all]) => [
			path,
			Object.fromEntries(
				all.map(({ method, entry }) => [method.toLowerCase(), { operationId: entry, ...operations[entry] }]),
			),
		]),
	);
}

/** As it is checked in. */
export function openApiText(): string {
	return `${JSON.stringify(openApiDocument(), null, "\t")}\n`;
}
