import { CfnOutput, Stack } from "aws-cdk-lib";
import { CfnIntegration, CfnRoute, HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { basePath, type Route, routes } from "#shared/contracts/routes.ts";
import type { FunctionEntry, Functions } from "./functions.ts";
import { namePrefix, type Stage } from "./stage.ts";

/** Who answers what no route matches. */
const fallback = "unknown-route" satisfies FunctionEntry;

/**
 * The HTTP API. Each route stands twice, with and without one slash at its end (contract A44), because API Gateway tells
 * the two apart. Its own route construct refuses such a path, hence the plain resources.
 */
export class Api extends Construct {
	readonly #api: HttpApi;
	readonly #functions: Functions;
	readonly #targets = new Map<FunctionEntry, string>();

	constructor(scope: Construct, id: string, { stage, functions }: { stage: Stage; functions: Functions }) {
		super(scope, id);
		this.#functions = functions;
		this.#api = new HttpApi(this, "api", { apiName: namePrefix(stage) });
		for (const route of routes) {
			for (const routeKey of routeKeysOf(route)) this.#route(routeKey, route.entry);
		}
		this.#route("$default", fallback);
		new CfnOutput(this, "url", { value: this.#api.apiEndpoint });
	}

	#route(routeKey: string, entry: FunctionEntry): void {
		new CfnRoute(this, routeKey, { apiId: this.#api.apiId, routeKey, target: this.#targetOf(entry) });
	}

	#targetOf(entry: FunctionEntry): string {
		const known = this.#targets.get(entry);
		if (known) return known;
		const integration = new CfnIntegration(this, entry, {
			apiId: this.#api.apiId,
			integrationType: "AWS_PROXY",
			integrationUri: this.#functions.byEntry[entry].functionArn,
			payloadFormatVersion: "2.0",
		});
		this.#functions.byEntry[entry].addPermission("api", {
			principal: new ServicePrincipal("apigateway.amazonaws.com"),
			sourceArn: Stack.of(this).formatArn({ service: "execute-api", resource: this.#api.apiId, resourceName: "*/*" }),
		});
		const target = `integrations/${integration.ref}`;
		this.#targets.set(entry, target);
		return target;
	}
}

/** A route as API Gateway's keys, its twin with the trailing slash last. A greedy path has none: it takes in the slash. */
export function routeKeysOf({ method, path }: Route): readonly string[] {
	const key = `${method} ${basePath}${path}`;
	return path.endsWith("+}") ? [key] : [key, `${key}/`];
}
