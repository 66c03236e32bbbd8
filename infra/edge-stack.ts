import { CfnOutput, Duration, SecretValue, Stack } from "aws-cdk-lib";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import {
	AllowedMethods,
	CachePolicy,
	Distribution,
	HttpVersion,
	OriginProtocolPolicy,
	OriginRequestCookieBehavior,
	OriginRequestHeaderBehavior,
	OriginRequestPolicy,
	OriginRequestQueryStringBehavior,
	OriginSslPolicy,
	SecurityPolicyProtocol,
	ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { HttpOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import { CfnWebACL } from "aws-cdk-lib/aws-wafv2";
import type { Construct } from "constructs";
import { edgeKeyHeader, viewerAddressHeader } from "#shared/contracts/edge-headers.ts";
import { edgeKeyName } from "./edge-key.ts";
import { namePrefix, type Stage } from "./stage.ts";
import { edgeRegion, type StageEdge } from "./stage-edge.ts";

type EdgeStackProps = { readonly stage: Stage; readonly edge: StageEdge };

/** Longer than the API's 30 s, so that the client gets the API's answer. */
const originTimeout = Duration.seconds(35);

/**
 * CloudFront with WAF rate rules before the API. It passes each request on unchanged, with the client's address and a key that only the
 * functions know: they refuse what comes another way (ADR 0084).
 */
export class EdgeStack extends Stack {
	constructor(scope: Construct, id: string, { stage, edge }: EdgeStackProps) {
		super(scope, id, { env: { account: stage.account, region: edgeRegion } });
		const distribution = new Distribution(this, "distribution", {
			comment: namePrefix(stage),
			domainNames: [new URL(stage.publicUrl).hostname],
			certificate: Certificate.fromCertificateArn(this, "certificate", edge.certificateArn),
			minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
			httpVersion: HttpVersion.HTTP2_AND_3,
			webAclId: this.#accessRules(stage, edge).attrArn,
			defaultBehavior: {
				origin: new HttpOrigin(edge.originHost, {
					protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
					originSslProtocols: [OriginSslPolicy.TLS_V1_2],
					readTimeout: originTimeout,
					customHeaders: { [edgeKeyHeader]: SecretValue.secretsManager(edgeKeyName(stage)).unsafeUnwrap() },
				}),
				allowedMethods: AllowedMethods.ALLOW_ALL,
				cachePolicy: CachePolicy.CACHING_DISABLED,
				originRequestPolicy: new OriginRequestPolicy(this, "everything", {
					originRequestPolicyName: `${namePrefix(stage)}-everything`,
					headerBehavior: OriginRequestHeaderBehavior.all(viewerAddressHeader),
					queryStringBehavior: OriginRequestQueryStringBehavior.all(),
					cookieBehavior: OriginRequestCookieBehavior.none(),
				}),
				viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
				compress: false,
			},
		});
		new CfnOutput(this, "target", { value: distribution.distributionDomainName });
	}

	#accessRules(stage: Stage, edge: StageEdge): CfnWebACL {
		const rules = [
			{ name: "address", limit: edge.addressRequestsPerMinute, aggregateKeyType: "IP" },
			{
				name: "account",
				limit: edge.accountRequestsPerMinute,
				aggregateKeyType: "CUSTOM_KEYS",
				customKeys: [{ header: { name: "authorization", textTransformations: [{ priority: 0, type: "NONE" }] } }],
			},
		];
		const visibilityOf = (name: string) => ({
			cloudWatchMetricsEnabled: true,
			metricName: `${namePrefix(stage)}-${name}`,
			sampledRequestsEnabled: true,
		});
		return new CfnWebACL(this, "access-rules", {
			name: namePrefix(stage),
			scope: "CLOUDFRONT",
			defaultAction: { allow: {} },
			visibilityConfig: visibilityOf("edge"),
			customResponseBodies: { "too-fast": { contentType: "APPLICATION_JSON", content: tooFast } },
			rules: rules.map(({ name, ...rate }, priority) => ({
				name,
				priority,
				statement: { rateBasedStatement: { ...rate, evaluationWindowSec: 60 } },
				action: { block: { customResponse: tooFastResponse } },
				visibilityConfig: visibilityOf(`edge-${name}`),
			})),
		});
	}
}

/** As the functions answer (A43). The request id is in CloudFront's header x-amz-cf-id. */
const tooFast = JSON.stringify({
	error_message: "Too many requests, try again later",
	error_code: null,
	field: null,
	request_id: null,
});

const tooFastResponse = {
	responseCode: 429,
	customResponseBodyKey: "too-fast",
	responseHeaders: [{ name: "retry-after", value: "60" }],
};
