import { CfnOutput, RemovalPolicy, Stack } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import {
	CfnIntegration,
	CfnRoute,
	DomainName,
	HttpApi,
	HttpStage,
	LogGroupLogDestination,
	SecurityPolicy,
} from "aws-cdk-lib/aws-apigatewayv2";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { type ILogGroup, LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { type ApiRoute, basePath, methodsOf, routes } from "#shared/contracts/routes.ts";
import type { FunctionEntry, Functions } from "./functions.ts";
import { namePrefix, type Stage } from "./stage.ts";

const fallback = "unknown-route" satisfies FunctionEntry;

/** Without headers: one holds the password. */
const accessLine = AccessLogFormat.custom(
	JSON.stringify({
		request_id: "$context.requestId",
		at: "$context.requestTimeEpoch",
		address: "$context.identity.sourceIp",
		route: "$context.routeKey",
		path: "$context.path",
		status: "$context.status",
		response_bytes: "$context.responseLength",
		latency_ms: "$context.responseLatency",
		error: "$context.integrationErrorMessage",
	}),
);

/**
 * The HTTP API. Each route exists with and without a slash at its end (contract A44), which API Gateway distinguishes. CDK's route construct
 * refuses such a path, hence the plain resources.
 */
export class Api extends Construct {
	readonly accessLog: ILogGroup;
	readonly #api: HttpApi;
	readonly #functions: Functions;
	readonly #targets = new Map<FunctionEntry, string>();

	constructor(scope: Construct, id: string, { stage, functions }: { stage: Stage; functions: Functions }) {
		super(scope, id);
		this.#functions = functions;
		this.#api = new HttpApi(this, "api", {
			apiName: namePrefix(stage),
			createDefaultStage: false,
			// With a domain name, the API is reached by that name only.
			disableExecuteApiEndpoint: stage.certificateArn !== undefined,
		});
		this.accessLog = this.#open(stage);
		for (const route of routes) {
			for (const routeKey of routeKeysOf(route)) this.#route(routeKey, route.entry);
		}
		this.#route("$default", fallback);
		new CfnOutput(this, "url", { value: `${stage.publicUrl}${basePath}` });
	}

	/** The paths contain the base path, so the domain name maps to the root. */
	#open(stage: Stage): ILogGroup {
		const logs = new LogGroup(this, "access", {
			retention: stage.sizes.logRetentionDays,
			removalPolicy: RemovalPolicy.DESTROY,
		});
		const domainName = this.#domainName(stage);
		new HttpStage(this, "stage", {
			httpApi: this.#api,
			autoDeploy: true,
			throttle: { rateLimit: stage.sizes.apiRequestsPerSecond, burstLimit: stage.sizes.apiBurst },
			accessLogSettings: { destination: new LogGroupLogDestination(logs), format: accessLine },
			...(domainName && { domainMapping: { domainName } }),
		});
		return logs;
	}

	#domainName({ certificateArn, publicUrl }: Stage): DomainName | undefined {
		if (certificateArn === undefined) return undefined;
		const domain = new DomainName(this, "domain-name", {
			domainName: new URL(publicUrl).hostname,
			certificate: Certificate.fromCertificateArn(this, "certificate", certificateArn),
			securityPolicy: SecurityPolicy.TLS_1_2,
		});
		new CfnOutput(this, "domain-target", { value: domain.regionalDomainName });
		return domain;
	}

	get apiId(): string {
		return this.#api.apiId;
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
			integrationUri: this.#functions.byEntry[entry].live.functionArn,
			payloadFormatVersion: "2.0",
		});
		this.#functions.byEntry[entry].live.addPermission("api", {
			principal: new ServicePrincipal("apigateway.amazonaws.com"),
			sourceArn: Stack.of(this).formatArn({ service: "execute-api", resource: this.#api.apiId, resourceName: "*/*" }),
		});
		const target = `integrations/${integration.ref}`;
		this.#targets.set(entry, target);
		return target;
	}
}

/** A route's keys in API Gateway: for each method, without and with the trailing slash. A greedy path includes the slash. */
export function routeKeysOf(route: ApiRoute): readonly string[] {
	return methodsOf(route).flatMap((method) => {
		const key = `${method} ${basePath}${route.path}`;
		return route.path.endsWith("+}") ? [key] : [key, `${key}/`];
	});
}
