import type { Json } from "./components.ts";
import { openApiDocument } from "./document.ts";

type Parameter = {
	readonly name: string;
	readonly in: "path" | "query";
	readonly description?: string;
	readonly required?: boolean;
};

type Operation = {
	readonly operationId: string;
	readonly summary: string;
	readonly parameters?: readonly Parameter[];
	readonly requestBody?: { readonly content: { readonly "application/json": { readonly example: unknown } } };
};

const localBase = "http://127.0.0.1:8080";

/** The API's description as a Postman collection, with the login of the local stack's demo account. */
export function postmanCollection(): Json {
	const { info, servers, paths } = openApiDocument() as {
		info: { title: string; description: string };
		servers: readonly [{ readonly url: string }];
		paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	};
	const requests = Object.entries(paths).flatMap(([path, byMethod]) =>
		Object.entries(byMethod).map(([method, operation]) => requestOf(method, path, operation)),
	);
	return {
		info: {
			name: info.title,
			description: info.description,
			schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
		},
		auth: { type: "basic", basic: [text("username", "{{user}}"), text("password", "{{password}}")] },
		variable: [text("baseUrl", `${localBase}${servers[0].url}`), text("user", "demo"), text("password", "demo")],
		item: requests,
	};
}

const text = (key: string, value: string) => ({ key, value, type: "string" });

function requestOf(method: string, path: string, { summary, parameters = [], requestBody }: Operation): Json {
	const inPath = parameters.filter((one) => one.in === "path");
	const inQuery = parameters.filter((one) => one.in === "query");
	const pattern = path.replaceAll(/\{(\w+)\}/g, ":$1");
	const example = requestBody?.content["application/json"].example;
	return {
		name: summary,
		request: {
			method: method.toUpperCase(),
			header: example === undefined ? [] : [{ key: "Content-Type", value: "application/json" }],
			url: {
				raw: `{{baseUrl}}${pattern}`,
				host: ["{{baseUrl}}"],
				path: pattern.slice(1).split("/"),
				/* Postman sends what is not disabled. */
				query: inQuery.map(({ name, description }) => ({ key: name, value: "", description, disabled: true })),
				variable: inPath.map(({ name }) => ({ key: name, value: name === "user_name" ? "{{user}}" : "" })),
			},
			...(example !== undefined && {
				body: { mode: "raw", raw: JSON.stringify(example, null, 2), options: { raw: { language: "json" } } },
			}),
		},
		response: [],
	};
}

export const postmanText = () => `${JSON.stringify(postmanCollection(), null, "\t")}\n`;
