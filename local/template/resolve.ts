/** What the template's references mean where it is run. Each throws for what it does not know. */
export type World = {
	ref(logicalId: string): string;
	attribute(logicalId: string, name: string): string;
	/** What another stack exports by that name. */
	imported(name: string): unknown;
	/** The value of a secret, by its ARN or name. */
	secret(id: string): string;
	/** `AWS::Region` and its like. */
	readonly pseudo: Readonly<Record<string, string>>;
};

/** Stands for `AWS::NoValue` until what contains it drops it. */
const noValue = Symbol("AWS::NoValue");

type Intrinsic = (argument: unknown, world: World) => unknown;

const intrinsics: Readonly<Record<string, Intrinsic>> = {
	Ref: (argument, world) => refer(text(argument), world),
	"Fn::GetAtt": (argument, world) => {
		const [id, ...name] = Array.isArray(argument) ? argument.map(text) : text(argument).split(".");
		return world.attribute(text(id), name.join("."));
	},
	"Fn::ImportValue": (argument, world) => world.imported(text(resolve(argument, world))),
	"Fn::Join": (argument, world) => {
		const [separator, parts] = list(argument);
		return list(resolve(parts, world)).map(text).join(text(separator));
	},
	"Fn::Select": (argument, world) => {
		const [index, from] = list(resolve(argument, world));
		const all = list(from);
		if (!(Number(index) in all)) throw new Error(`Fn::Select: no item ${String(index)}`);
		return all[Number(index)];
	},
	"Fn::Split": (argument, world) => {
		const [separator, from] = list(resolve(argument, world)).map(text);
		return text(from).split(text(separator));
	},
	"Fn::Sub": (argument, world) => {
		const [pattern, variables] = Array.isArray(argument) ? argument : [argument, {}];
		return substitute(text(pattern), resolve(variables, world) as Record<string, unknown>, world);
	},
};

/** `value` with every intrinsic function and dynamic reference in it replaced by what it means in `world`. */
export function resolve(value: unknown, world: World): unknown {
	if (typeof value === "string") return readSecrets(value, world);
	if (Array.isArray(value)) return value.map((item) => resolve(item, world)).filter((item) => item !== noValue);
	if (typeof value !== "object" || value === null) return value;
	const [key, argument] = soleEntry(value);
	const intrinsic = key === undefined ? undefined : intrinsics[key];
	if (intrinsic) return finished(intrinsic(argument, world), world);
	if (key?.startsWith("Fn::")) throw new Error(`${key} is not known to the local house`);
	const resolved = Object.entries(value).map(([name, inner]) => [name, resolve(inner, world)] as const);
	return Object.fromEntries(resolved.filter(([, inner]) => inner !== noValue));
}

function soleEntry(value: object): readonly [string, unknown] | readonly [] {
	const [first, ...rest] = Object.entries(value);
	return first && rest.length === 0 ? first : [];
}

function finished(result: unknown, world: World): unknown {
	return typeof result === "string" ? readSecrets(result, world) : result;
}

function refer(id: string, world: World): unknown {
	if (id === "AWS::NoValue") return noValue;
	if (id.startsWith("AWS::")) return pseudoOf(id, world);
	return world.ref(id);
}

function pseudoOf(name: string, world: World): string {
	const value = world.pseudo[name];
	if (value === undefined) throw new Error(`${name} is not known to the local house`);
	return value;
}

function substitute(pattern: string, variables: Readonly<Record<string, unknown>>, world: World): string {
	return pattern.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
		if (literal) return `\${${name}}`;
		if (name in variables) return text(variables[name]);
		const [id, ...attribute] = name.split(".");
		return attribute.length > 0 ? world.attribute(text(id), attribute.join(".")) : text(refer(name, world));
	});
}

const dynamicReference =
	/\{\{resolve:secretsmanager:(arn:(?:[^:{}]*:){5}[^:{}]+|[^:{}]+):SecretString:([^:{}]*)(?::[^:{}]*){0,2}\}\}/g;

function readSecrets(value: string, world: World): string {
	return value.replace(dynamicReference, (_, id: string, jsonKey: string) => {
		const secret = world.secret(id);
		return jsonKey === "" ? secret : text((JSON.parse(secret) as Record<string, unknown>)[jsonKey]);
	});
}

function text(value: unknown): string {
	if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
	throw new Error(`text was expected in the template, not ${JSON.stringify(value)}`);
}

function list(value: unknown): readonly unknown[] {
	if (Array.isArray(value)) return value;
	throw new Error(`a list was expected in the template, not ${JSON.stringify(value)}`);
}
