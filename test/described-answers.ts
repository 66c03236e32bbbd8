import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import document from "#shared/contracts/openapi.json" with { type: "json" };
import { apiPagePath, operationNameOf, routes } from "#shared/contracts/routes.ts";

/** Compares real answers with those that the OpenAPI description lists. */

export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string };

type Described = {
	readonly $ref?: string;
	readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
	readonly content?: unknown;
};

const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { uri: true } });
ajv.addSchema(withoutUndescribedFields(document) as object, "openapi.json");

/** Headers that any server sends; the description does not list them. */
const ordinaryHeaders = ["content-type", "content-length", "connection", "keep-alive", "date", "transfer-encoding"];

/**
 * How an answer differs from the description, or null if it matches. API Gateway's own answers are not described.
 * @param path below the base path, with its query.
 */
export function undescribedIn(method: string, path: string, answer: Answer): string | null {
	if (isFromApiGateway(answer)) return null;
	const pointer = pointerTo(method, path, answer.status);
	const at = pointer === null ? undefined : described(pointer);
	if (at === undefined) return `${answer.status} is not described: ${answer.text.slice(0, 200)}`;
	const faults = [...headerFaults(at, answer.headers), ...bodyFaults(at, answer)];
	return faults.length === 0 ? null : `${answer.status}: ${faults.join("; ")}: ${answer.text.slice(0, 500)}`;
}

/** The name of a described answer: `post-message 201`, or `otherwise 404` if no route matches. */
export function answerName(method: string, path: string, status: number): string {
	const route = routeAt(method, path);
	return `${route === undefined ? "otherwise" : operationNameOf(route)} ${status}`;
}

/** Every described answer, by that name. */
export function allDescribed(): readonly string[] {
	const ofRoutes = routes
		.filter((route) => route.path !== apiPagePath)
		.flatMap((route) =>
			Object.keys(at(pathPointer(route.method, route.path)) as object).map(
				(status) => `${operationNameOf(route)} ${status}`,
			),
		);
	return [...ofRoutes, ...Object.keys(document["x-otherwise"]).map((status) => `otherwise ${status}`)];
}

/** A validator of a named schema, which refuses undescribed fields. */
export function validatorOf(name: keyof (typeof document)["components"]["schemas"]): ValidateFunction {
	return validatorAt(["components", "schemas", name]);
}

type Pointer = readonly string[];

function pointerTo(method: string, path: string, status: number): Pointer | null {
	const route = routeAt(method, path);
	if (route === undefined) return ["x-otherwise", String(status)];
	return [...pathPointer(route.method, route.path), String(status)];
}

const pathPointer = (method: string, path: string): Pointer => [
	"paths",
	path.replace("+}", "}"),
	method.toLowerCase(),
	"responses",
];

function routeAt(method: string, path: string): (typeof routes)[number] | undefined {
	const [bare = ""] = path.split("?");
	return routes.find((route) => {
		const pattern = route.path.replace(/\{[^}]*\+\}/g, ".+").replace(/\{[^}]*\}/g, "[^/]+");
		return route.method === method && new RegExp(`^${pattern.replaceAll(".json", "\\.json")}/?$`).test(bare);
	});
}

function at(pointer: Pointer): unknown {
	return pointer.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
}

function described(pointer: Pointer): { readonly pointer: Pointer; readonly answer: Described } | undefined {
	const answer = at(pointer) as Described | undefined;
	if (answer?.$ref === undefined) return answer && { pointer, answer };
	return described(answer.$ref.split("/").slice(1));
}

type Found = NonNullable<ReturnType<typeof described>>;

function headerFaults({ pointer, answer }: Found, headers: Headers): readonly string[] {
	const known = Object.entries(answer.headers ?? {});
	const missing = known.filter(([name, { required }]) => required && !headers.has(name)).map(([name]) => `no ${name}`);
	const wrong = known.filter(
		([name]) => headers.has(name) && !validatorAt([...pointer, "headers", name, "schema"])(headers.get(name)),
	);
	const names = [...ordinaryHeaders, ...known.map(([name]) => name.toLowerCase())];
	const undescribedNames = [...headers.keys()].filter((name) => !names.includes(name));
	return [
		...missing,
		...wrong.map(([name]) => `${name} is ${headers.get(name)}`),
		...undescribedNames.map((name) => `${name} is not described`),
	];
}

function bodyFaults({ pointer, answer }: Found, { headers, text }: Answer): readonly string[] {
	if (answer.content === undefined) return text === "" ? [] : ["it has a body"];
	const type = headers.get("content-type");
	const validate = validatorAt([...pointer, "content", "application/json", "schema"]);
	const faults = validate(JSON.parse(text)) ? [] : [ajv.errorsText(validate.errors)];
	return type === "application/json; charset=utf-8" ? faults : [...faults, `its type is ${type}`];
}

function validatorAt(pointer: Pointer): ValidateFunction {
	const escaped = pointer.map((key) => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1")));
	const validate = ajv.getSchema(`openapi.json#/${escaped.join("/")}`);
	if (validate === undefined) throw new Error(`there is no schema at ${pointer.join(" ")}`);
	return validate;
}

/** API Gateway's own refusals have only a message (A43). */
function isFromApiGateway({ status, text }: Answer): boolean {
	return [413, 500, 503].includes(status) && /^\{"message":"[A-Z][A-Za-z ]+"\}$/.test(text);
}

/** Clients must tolerate new fields; a test must not accept undescribed ones. */
function withoutUndescribedFields(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutUndescribedFields);
	if (typeof value !== "object" || value === null) return value;
	const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutUndescribedFields(one)]));
	return "properties" in value ? { additionalProperties: false, ...inner } : inner;
}
