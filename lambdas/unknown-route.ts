import { methodsAt } from "#shared/contracts/routes.ts";
import { httpHandler } from "./http/http-handler.ts";
import { methodNotAllowed, notFound } from "./http/responses.ts";

/** Whatever no route answers: 405 where another method would be answered, else 404 (A43). */
export const handler = httpHandler(async ({ rawPath, requestContext }) => {
	const methods = methodsAt(rawPath);
	if (methods.length > 0) throw methodNotAllowed(requestContext.http.method, methods);
	throw notFound(`There is nothing at ${rawPath}`);
});
