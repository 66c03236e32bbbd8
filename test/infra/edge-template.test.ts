import { App } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { acceptedEdgeFindings } from "#infra/accepted-findings.ts";
import { cdkContext } from "#infra/cdk-context.ts";
import { addGateway } from "#infra/gateway.ts";
import { routes } from "#shared/contracts/routes.ts";
import { resources as ofSample, sampleStage } from "./gateway-template.ts";
import { sampleBehindEdge } from "./sample-stage.ts";

const app = new App({
	context: { ...cdkContext, "aws:cdk:bundling-stacks": [], "aws:cdk:disable-asset-staging": true },
	analyticsReporting: false,
});
addGateway(app, sampleBehindEdge({ addressRequestsPerMinute: 600 }));
const { stacks } = app.synth();
const stackOf = (name: string) =>
	stacks.find(({ stackName }) => stackName === `Smsgw-sample-${name}`) ?? expect.fail(`there is no stack ${name}`);

type Properties = Readonly<Record<string, unknown>>;

function resources(stack: string, type: string): readonly Properties[] {
	const { Resources } = stackOf(stack).template as {
		Resources: Record<string, { Type: string; Properties: Properties }>;
	};
	return Object.values(Resources).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));
}

describe("a stage behind CloudFront", () => {
	it("has it in the only region that takes its certificates and rules, after the state with its key", () => {
		expect(stackOf("edge").environment.region).toBe("us-east-1");
		expect(stackOf("edge").dependencies.map(({ id }) => id)).toContain("Smsgw-sample-state");
		expect(
			resources("state", "AWS::SecretsManager::Secret").map(({ ReplicaRegions }) => ReplicaRegions),
		).toContainEqual([{ Region: "us-east-1" }]);
	});

	it("limits an address and an account by itself, and answers 429 as the functions do", () => {
		const [acl] = resources("edge", "AWS::WAFv2::WebACL");
		const rules = (acl?.["Rules"] ?? []) as readonly Properties[];
		const bodies = Object(acl?.["CustomResponseBodies"]) as Record<string, { Content: string }>;

		expect(rules.map(({ Statement }) => Object(Statement)["RateBasedStatement"])).toMatchObject([
			{ AggregateKeyType: "IP", Limit: 600, EvaluationWindowSec: 60 },
			{ AggregateKeyType: "CUSTOM_KEYS", Limit: 60_000, CustomKeys: [{ Header: { Name: "authorization" } }] },
		]);
		for (const { Action } of rules) {
			expect(Action).toMatchObject({
				Block: { CustomResponse: { ResponseCode: 429, ResponseHeaders: [{ Name: "retry-after", Value: "60" }] } },
			});
		}
		expect(Object.keys(JSON.parse(Object.values(bodies)[0]?.Content ?? "{}"))).toEqual([
			"error_message",
			"error_code",
			"field",
			"request_id",
		]);
	});

	it("passes on every method, header and query unchanged, with the client's address and its key", () => {
		const [distribution] = resources("edge", "AWS::CloudFront::Distribution");
		const [policy] = resources("edge", "AWS::CloudFront::OriginRequestPolicy");
		const { DefaultCacheBehavior: behaviour, Origins: [origin] = [] } = Object(distribution?.["DistributionConfig"]);

		expect([...behaviour.AllowedMethods].sort()).toEqual(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);
		expect(policy?.["OriginRequestPolicyConfig"]).toMatchObject({
			HeadersConfig: { HeaderBehavior: "allViewerAndWhitelistCloudFront", Headers: ["CloudFront-Viewer-Address"] },
			QueryStringsConfig: { QueryStringBehavior: "all" },
		});
		expect(origin).toMatchObject({
			DomainName: "api-origin.sms.example.kz",
			CustomOriginConfig: { OriginProtocolPolicy: "https-only" },
			OriginCustomHeaders: [
				{
					HeaderName: "x-smsgw-edge-key",
					HeaderValue: "{{resolve:secretsmanager:smsgw-sample-edge-key:SecretString:::}}",
				},
			],
		});
	});

	it("gives its key to every function behind the API, and to no other", () => {
		const functions = resources("gateway", "AWS::Lambda::Function");
		const keyed = functions.filter(({ Environment }) => JSON.stringify(Environment ?? {}).includes('"EDGE_KEY"'));

		expect(keyed.map(({ FunctionName }) => FunctionName).sort()).toEqual(
			[...new Set(routes.map(({ entry }) => entry)), "unknown-route"].map((entry) => `smsgw-sample-${entry}`).sort(),
		);
	});

	it("breaks none of cdk-nag's rules for CloudFront and WAF without a written reason", () => {
		const { violations } = new AwsSolutionsChecks().validateScope(app);

		expect(
			[...new Set(violations.map(({ ruleName }) => ruleName))].filter((rule) => /-(CFR|WAF)/.test(rule)).sort(),
		).toEqual(Object.keys(acceptedEdgeFindings));
	});
});

it("a stage without an edge has no key, and its functions take requests from everywhere", () => {
	expect(sampleStage.edge).toBeUndefined();
	expect(JSON.stringify(ofSample("AWS::Lambda::Function"))).not.toContain("EDGE_KEY");
});
