import { apiPagePath, basePath, operationNameOf, routes } from "../routes.ts";
import { type Json, schemas } from "./components.ts";
import { operations } from "./operations.ts";
import { answerRef, otherMethodAnswer, responses } from "./responses.ts";
import { webhookOperations } from "./webhooks.ts";

const description = `Sends SMS to subscribers of Kazakhstan's four operators, and reports their delivery.

Responses are JSON in UTF-8. Requests are JSON in UTF-8, or in the charset that Content-Type names. Every path may end in one slash.
HEAD is answered as GET, without the body. An unknown path gets a 404; a known path with another method gets a 405. API Gateway itself refuses bodies over 10 MB and requests over its own rate limit: those responses have a
different body.`;

/** The API as an OpenAPI 3.1 document, made from the schemas and routes that the gateway uses. */
export function openApiDocument(): Json {
	return {
		openapi: "3.1.1",
		info: {
			title: "SMSGW",
			version: "2",
			description,
			license: { name: "Proprietary", identifier: "LicenseRef-Proprietary" },
		},
		servers: [{ url: basePath }],
		security: [{ basic: [] }],
		paths: paths(),
		webhooks: webhookOperations,
		components: {
			securitySchemes: { basic: { type: "http", scheme: "basic" } },
			schemas: schemas(),
			responses,
		},
		"x-otherwise": { 404: answerRef("NotFound"), 405: otherMethodAnswer },
	};
}

function paths(): Json {
	const described = routes.filter(({ path }) => path !== apiPagePath);
	const byPath = Map.groupBy(described, ({ path }) => path.replace("+}", "}"));
	return Object.fromEntries(
		[...byPath].map(([path, all]) => [
			path,
			Object.fromEntries(
				all.map((route) => {
					const operationId = operationNameOf(route);
					return [route.method.toLowerCase(), { operationId, ...operations[operationId] }];
				}),
			),
		]),
	);
}

export function openApiText(): string {
	return `${JSON.stringify(openApiDocument(), null, "\t")}\n`;
}
