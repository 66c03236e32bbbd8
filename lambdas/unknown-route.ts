import { methodsAt } from "#shared/contracts/routes.ts";
import { httpHandler } from "./http/http-handler.ts";
import { methodNotAllowed, notFound } from "./http/responses.ts";

/** All requests without a route: 405 if the path has other methods, else 404 (A43). */
export const handler = httpHandler(async ({ rawPath, requestContext }) => {
	const methods = methodsAt(rawPath);
	if (methods.length > 0) throw methodNotAllowed(requestContext.http.method, methods);
	throw notFound(`There is nothing at ${rawPath}`);
});
