import { createHash } from "node:crypto";
import { script, style } from "./api-page-assets.ts";
import type { Json } from "./components.ts";
import { openApiDocument } from "./document.ts";

/** A page about the API that needs nothing but itself, with the Content-Security-Policy under which it works. */
export type ApiPage = { readonly html: string; readonly policy: string };

export function apiPage(): ApiPage {
	const sources = { "script-src": hashOf(script), "style-src": hashOf(style) };
	const policy = [
		"default-src 'none'",
		...Object.entries(sources).map(([name, hash]) => `${name} '${hash}'`),
		"connect-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	].join("; ");
	return { html: pageOf(openApiDocument() as Document), policy };
}

const hashOf = (content: string) => `sha256-${createHash("sha256").update(content).digest("base64")}`;

type Schema = Json & {
	readonly $ref?: string;
	readonly type?: string | readonly string[];
	readonly description?: string;
	readonly enum?: readonly (string | number)[];
	readonly const?: unknown;
	readonly items?: Schema;
	readonly anyOf?: readonly Schema[];
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly required?: readonly string[];
	readonly maxLength?: number;
	readonly "x-error-code"?: string;
};
type Content = Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;
type Response = { readonly $ref?: string; readonly description?: string; readonly content?: Content };
type Parameter = { readonly name: string; readonly in: string; readonly description?: string };
type Operation = {
	readonly operationId: string;
	readonly summary: string;
	readonly description?: string;
	readonly parameters?: readonly Parameter[];
	readonly requestBody?: { readonly description?: string; readonly content: Content };
	readonly responses: Readonly<Record<string, Response>>;
};
type Document = {
	readonly info: { readonly title: string; readonly description: string };
	readonly servers: readonly [{ readonly url: string }];
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly webhooks: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly components: {
		readonly schemas: Readonly<Record<string, Schema>>;
		readonly responses: Readonly<Record<string, Response>>;
	};
};

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (one) => escapes[one] ?? one);
/** Text with code in backticks, and lists. */
const prose = (text = "") =>
	escaped(text)
		.replaceAll(/`([^`]+)`/g, "<code>$1</code>")
		.replaceAll(/\n- /g, "<br>")
		.replace(/^- /, "")
		.replaceAll("\n\n", "</p><p>");

/** A name that a narrow cell may break between its words. */
const breakable = (name: string) => name.replaceAll(/_|(?=[A-Z])(?<!^)/g, "$&<wbr>");

const nameIn = (ref: string) => ref.slice(ref.lastIndexOf("/") + 1);

function typeOf(schema: Schema): string {
	if (schema.$ref !== undefined) return `<a href="#${nameIn(schema.$ref)}">${breakable(nameIn(schema.$ref))}</a>`;
	if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeOf))].join(" or ");
	if (schema.items !== undefined) return `array of ${typeOf(schema.items)}`;
	if (schema.const !== undefined) return escaped(JSON.stringify(schema.const));
	if (schema.enum !== undefined) return schema.enum.map((one) => `<code>${escaped(String(one))}</code>`).join(" ");
	return [schema.type ?? "any"].flat().join(" or ");
}

function fieldsOf({ properties = {}, required = [] }: Schema): string {
	const rows = Object.entries(properties).map(([name, field]) => {
		const code = field["x-error-code"];
		const refused = code === undefined ? "" : ` Refused with code ${code}.`;
		return `<tr><td><code>${breakable(name)}</code>${required.includes(name) ? " *" : ""}</td><td>${typeOf(field)}</td><td>${prose(field.description)}${refused}</td></tr>`;
	});
	return `<table><tr><th>field</th><th>type</th><th>meaning</th></tr>${rows.join("")}</table>`;
}

function schemaSection([name, schema]: readonly [string, Schema]): string {
	const body = schema.properties === undefined ? `<p>${typeOf(schema)}</p>` : fieldsOf(schema);
	return `<section id="${name}"><h3>${name}</h3><p>${prose(schema.description)}</p>${body}</section>`;
}

function contentOf(content: Content | undefined): string {
	const [first] = Object.values(content ?? {});
	return first === undefined ? "" : typeOf(first.schema);
}

function responseRow(status: string, given: Response, { components }: Document): string {
	const response = given.$ref === undefined ? given : (components.responses[nameIn(given.$ref)] ?? given);
	return `<tr><td>${status}</td><td>${prose(response.description)}</td><td>${contentOf(response.content)}</td></tr>`;
}

const inputFor = ({ name, in: place }: Parameter) =>
	`<label><code>${name}</code> <input name="${name}" data-in="${place}"${place === "path" ? " required" : ""}></label>`;

/** The form that sends the request, where the page is served by the local stack. */
function formOf(method: string, path: string, { parameters = [], requestBody }: Operation): string {
	const example = requestBody?.content["application/json"]?.example;
	const area =
		example === undefined
			? ""
			: `<textarea rows="12" aria-label="body">${escaped(JSON.stringify(example, null, 2))}</textarea>`;
	return `<form hidden data-method="${method.toUpperCase()}" data-path="${path}">${parameters.map(inputFor).join(" ")}${area}<button>Try it</button><pre role="status" hidden></pre></form>`;
}

function operationSection(method: string, path: string, operation: Operation, document: Document): string {
	const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
	const parameterRows = parameters.map(
		({ name, in: place, description: meaning }) =>
			`<tr><td><code>${breakable(name)}</code></td><td>${place}</td><td>${prose(meaning)}</td></tr>`,
	);
	const isCall = path.startsWith("/");
	return `<section id="${operationId}"><h3><code>${method.toUpperCase()} ${path}</code> ${escaped(summary)}</h3>
<p>${prose(description)}</p>
${parameterRows.length > 0 ? `<table><tr><th>parameter</th><th>in</th><th>meaning</th></tr>${parameterRows.join("")}</table>` : ""}
${requestBody === undefined ? "" : `<p>Body: ${contentOf(requestBody.content)}. ${prose(requestBody.description)}</p>`}
<table><tr><th>status</th><th>meaning</th><th>body</th></tr>${Object.entries(responses)
		.map(([status, response]) => responseRow(status, response, document))
		.join("")}</table>
${isCall ? formOf(method, path, operation) : ""}</section>`;
}

function linksTo(byPath: Document["paths"]): string {
	const links = Object.entries(byPath).flatMap(([path, byMethod]) =>
		Object.entries(byMethod).map(
			([method, { operationId, summary }]) =>
				`<li><a href="#${operationId}"><code>${method.toUpperCase()} ${path}</code></a> ${escaped(summary)}</li>`,
		),
	);
	return `<ul>${links.join("")}</ul>`;
}

function operationsIn(byPath: Document["paths"], document: Document): string {
	return Object.entries(byPath)
		.flatMap(([path, byMethod]) =>
			Object.entries(byMethod).map(([method, operation]) => operationSection(method, path, operation, document)),
		)
		.join("\n");
}

function pageOf(document: Document): string {
	const { info, servers, paths, webhooks, components } = document;
	return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${info.title}</title><style>${style}</style></head>
<body data-base="${servers[0].url}"><main><h1>${info.title}</h1>
<p>${prose(info.description)}</p>
<p>Every path begins with <code>${servers[0].url}</code>. Every request has the account's user name and password by HTTP Basic. The same in <a href="${servers[0].url}/openapi.json">OpenAPI 3.1</a>.</p>
<p id="login" hidden>Try it on this local stack as <label>user <input id="user" value="demo"></label> <label>password <input id="password" type="password" value="demo"></label></p>
<h2>Requests</h2>
<nav aria-label="Requests">${linksTo(paths)}</nav>
${operationsIn(paths, document)}
<h2>Reports to your server</h2>
${operationsIn(webhooks, document)}
<h2>Bodies</h2><p>* required</p>
${Object.entries(components.schemas).map(schemaSection).join("\n")}
</main><script>${script}</script></body></html>
`;
}

export const apiPageText = () => `${JSON.stringify(apiPage(), null, "\t")}\n`;
