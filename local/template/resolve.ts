/** The values of the template's references. Each function throws for an unknown name. */
export type References = {
	ref(logicalId: string): string;
	attribute(logicalId: string, name: string): string;
	imported(name: string): unknown;
	/** The value of a secret, by its ARN or name. */
	secret(id: string): string;
	readonly pseudo: Readonly<Record<string, string>>;
};

/** The value of `AWS::NoValue`, which the surrounding list or object drops. */
const noValue = Symbol("AWS::NoValue");

type Intrinsic = (argument: unknown, references: References) => unknown;

const intrinsics: Readonly<Record<string, Intrinsic>> = {
	Ref: (argument, references) => refer(text(argument), references),
	"Fn::GetAtt": (argument, references) => {
		const [id, ...name] = Array.isArray(argument) ? argument.map(text) : text(argument).split(".");
		return references.attribute(text(id), name.join("."));
	},
	"Fn::ImportValue": (argument, references) => references.imported(text(resolve(argument, references))),
	"Fn::Join": (argument, references) => {
		const [separator, parts] = list(argument);
		return list(resolve(parts, references)).map(text).join(text(separator));
	},
	"Fn::Select": (argument, references) => {
		const [index, from] = list(resolve(argument, references));
		const all = list(from);
		if (!(Number(index) in all)) throw new Error(`Fn::Select: no item ${String(index)}`);
		return all[Number(index)];
	},
	"Fn::Split": (argument, references) => {
		const [separator, from] = list(resolve(argument, references)).map(text);
		return text(from).split(text(separator));
	},
	"Fn::Sub": (argument, references) => {
		const [pattern, variables] = Array.isArray(argument) ? argument : [argument, {}];
		return substitute(text(pattern), resolve(variables, references) as Record<string, unknown>, references);
	},
};

/** Replaces every intrinsic function and dynamic reference in `value`. */
export function resolve(value: unknown, references: References): unknown {
	if (typeof value === "string") return readSecrets(value, references);
	if (Array.isArray(value)) return value.map((item) => resolve(item, references)).filter((item) => item !== noValue);
	if (typeof value !== "object" || value === null) return value;
	const [key, argument] = soleEntry(value);
	const intrinsic = key === undefined ? undefined : intrinsics[key];
	if (intrinsic) return finished(intrinsic(argument, references), references);
	if (key?.startsWith("Fn::")) throw new Error(`${key} is not supported by the local stack`);
	const resolved = Object.entries(value).map(([name, inner]) => [name, resolve(inner, references)] as const);
	return Object.fromEntries(resolved.filter(([, inner]) => inner !== noValue));
}

function soleEntry(value: object): readonly [string, unknown] | readonly [] {
	const [first, ...rest] = Object.entries(value);
	return first && rest.length === 0 ? first : [];
}

function finished(result: unknown, references: References): unknown {
	return typeof result === "string" ? readSecrets(result, references) : result;
}

function refer(id: string, references: References): unknown {
	if (id === "AWS::NoValue") return noValue;
	if (id.startsWith("AWS::")) return pseudoOf(id, references);
	return references.ref(id);
}

function pseudoOf(name: string, references: References): string {
	const value = references.pseudo[name];
	if (value === undefined) throw new Error(`${name} is not supported by the local stack`);
	return value;
}

function substitute(pattern: string, variables: Readonly<Record<string, unknown>>, references: References): string {
	return pattern.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
		if (literal) return `\${${name}}`;
		if (name in variables) return text(variables[name]);
		const [id, ...attribute] = name.split(".");
		return attribute.length > 0 ? references.attribute(text(id), attribute.join(".")) : text(refer(name, references));
	});
}

const dynamicReference =
	/\{\{resolve:secretsmanager:(arn:(?:[^:{}]*:){5}[^:{}]+|[^:{}]+):SecretString:([^:{}]*)(?::[^:{}]*){0,2}\}\}/g;

function readSecrets(value: string, references: References): string {
	return value.replace(dynamicReference, (_, id: string, jsonKey: string) => {
		const secret = references.secret(id);
		return jsonKey === "" ? secret : text((JSON.parse(secret) as Record<string, unknown>)[jsonKey]);
	});
}

function text(value: unknown): string {
	if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
	throw new Error(`the template has ${JSON.stringify(value)} in the place of a text`);
}

function list(value: unknown): readonly unknown[] {
	if (Array.isArray(value)) return value;
	throw new Error(`the template has ${JSON.stringify(value)} in the place of a list`);
}
