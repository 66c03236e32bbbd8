/** The start of every path (R1). */
export const basePath = "/app/smsgw/rest/v2";

/** The page that shows the API's description. The description leaves it out. */
export const apiPagePath = "/docs";

export type ApiRoute = {
	readonly method: "GET" | "POST" | "DELETE";
	/** Below the base path, in API Gateway's syntax: `{name}` is one segment, `{name+}` all that follow. */
	readonly path: string;
	/** The function that answers: a file under `lambdas/`, without its extension. */
	readonly entry: string;
	/** The operation's id, unless it is the function's name. */
	readonly operation?: string;
};

export type Method = ApiRoute["method"] | "HEAD";

/** Every route. HEAD is answered as GET. All other requests go to `unknown-route`, which chooses between 404 and 405 by this table. */
export const routes = [
	{ method: "POST", path: "/messages", entry: "post-message" },
	{ method: "GET", path: "/messages", entry: "search", operation: "find-messages" },
	{ method: "GET", path: "/incoming", entry: "search", operation: "find-incoming" },
	{ method: "GET", path: "/messages/{message_id}", entry: "get-message" },
	{ method: "DELETE", path: "/messages/{message_id}", entry: "delete-message" },
	{ method: "POST", path: "/batches", entry: "post-batch" },
	{ method: "GET", path: "/batches/{batch_id}", entry: "get-batch" },
	{ method: "GET", path: "/batches/{batch_id}/summary", entry: "get-batch", operation: "get-batch-summary" },
	{ method: "DELETE", path: "/batches/{batch_id}", entry: "get-batch", operation: "delete-batch" },
	{ method: "GET", path: "/senders", entry: "get-senders" },
	{ method: "GET", path: "/stats", entry: "get-stats" },
	{ method: "GET", path: "/users/{user_name}/client_messages/{client_message_id+}", entry: "get-client-message" },
	{ method: "GET", path: "/openapi.json", entry: "get-openapi" },
	{ method: "GET", path: apiPagePath, entry: "get-openapi" },
] as const satisfies readonly ApiRoute[];

type Route = (typeof routes)[number];
type NamedRoute = Extract<Route, { readonly operation: string }>;
export type OperationName = NamedRoute["operation"] | Exclude<Route, NamedRoute>["entry"];

export const operationNameOf = (route: Route): OperationName => ("operation" in route ? route.operation : route.entry);

export function methodsOf({ method }: ApiRoute): readonly Method[] {
	return method === "GET" ? ["GET", "HEAD"] : [method];
}

/** The allowed methods of a path, which may end in one slash (A44). */
export function methodsAt(path: string): readonly Method[] {
	return routes.filter((route) => patternOf(route.path).test(path)).flatMap(methodsOf);
}

function patternOf(path: string): RegExp {
	const segments = path.replace(/\{[^}]*\+\}/g, ".+").replace(/\{[^}]*\}/g, "[^/]+");
	return new RegExp(`^${basePath}${segments}/?$`);
}
