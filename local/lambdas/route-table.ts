import type { Route } from "../template/plan-compute.ts";

export type RouteMatch = {
	readonly route: Route;
	/** URL-decoded; absent if the route has none. */
	readonly pathParameters?: Readonly<Record<string, string>>;
};

type Pattern = { readonly route: Route; readonly method: string; readonly segments: readonly string[] };

/**
 * Finds routes as API Gateway does: first exact paths, then paths with parameters, then greedy ones, then `$default`. A slash at
 * the end makes a different path.
 */
export function routeTable(routes: readonly Route[]): (method: string, path: string) => RouteMatch | undefined {
	const patterns = routes.filter(({ key }) => key !== "$default").map(patternOf);
	const exact = new Map(patterns.filter(isExact).map(({ route }) => [route.key, { route }]));
	const others = patterns.filter((pattern) => !isExact(pattern)).sort((a, b) => rank(a) - rank(b));
	const fallback = routes.find(({ key }) => key === "$default");
	return (method, path) => {
		const whole = exact.get(`${method} ${path}`);
		if (whole) return whole;
		const segments = path.split("/");
		for (const pattern of others) {
			if (pattern.method !== method && pattern.method !== "ANY") continue;
			const pathParameters = parametersOf(pattern.segments, segments);
			if (pathParameters) return { route: pattern.route, pathParameters };
		}
		return fallback && { route: fallback };
	};
}

function patternOf(route: Route): Pattern {
	const [method = "", path = ""] = route.key.split(" ");
	return { route, method, segments: path.split("/") };
}

function isExact({ method, segments }: Pattern): boolean {
	return method !== "ANY" && !segments.some((segment) => segment.startsWith("{"));
}

/** Fewer parameters come first, greedy patterns last. */
function rank({ segments }: Pattern): number {
	const greedy = segments.some((segment) => segment.endsWith("+}"));
	return (greedy ? 1_000 : 0) + segments.filter((segment) => segment.startsWith("{")).length;
}

function parametersOf(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
	const parameters: Record<string, string> = {};
	for (const [index, wanted] of pattern.entries()) {
		const given = segments[index];
		if (wanted.endsWith("+}")) {
			const rest = segments.slice(index).join("/");
			if (rest === "") return undefined;
			parameters[wanted.slice(1, -2)] = decoded(rest);
			return parameters;
		}
		if (given === undefined || !fits(wanted, given)) return undefined;
		if (wanted.startsWith("{")) parameters[wanted.slice(1, -1)] = decoded(given);
	}
	return segments.length === pattern.length ? parameters : undefined;
}

function fits(wanted: string, given: string): boolean {
	return wanted.startsWith("{") ? given !== "" : wanted === given;
}

/** URL-decodes a text. Malformed encoding is returned unchanged. */
export function decoded(text: string): string {
	if (!text.includes("%")) return text;
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
