import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { CfnSecurityGroup } from "aws-cdk-lib/aws-ec2";
import { FLAGS } from "aws-cdk-lib/cx-api";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { cdkContext } from "#infra/cdk-context.ts";
import { addGateway } from "#infra/gateway.ts";
import { merged, type Template, template } from "#local/template/template.ts";
import { gatewayTemplate, sampleStage } from "./gateway-template.ts";
import { connectedNetwork, existingNetwork, sampleBehindEdge, sampleIn, sampleWithOptions } from "./sample-stage.ts";

/** Flags that CDK's command line no longer asks for. */
const obsolete = [
	"@aws-cdk/core:enableStackNameDuplicates",
	"@aws-cdk/aws-s3:grantWriteWithoutAcl",
	"@aws-cdk/aws-kms:defaultKeyPolicies",
];

type Report = { readonly pluginReports: readonly { readonly violations: readonly object[] }[] };

/** An app as `cdk synth` has it, but without bundling or copying assets. */
function anApp(): App {
	/* CDK reports deprecations where no test can read them, so they throw. */
	vi.stubEnv("JSII_DEPRECATED", "fail");
	onTestFinished(() => void vi.unstubAllEnvs());
	const outdir = mkdtempSync(join(tmpdir(), "smsgw-synthesis-"));
	onTestFinished(() => rmSync(outdir, { recursive: true, force: true }));
	const withoutAssets = { "aws:cdk:bundling-stacks": [], "aws:cdk:disable-asset-staging": true };
	return new App({ outdir, analyticsReporting: false, context: { ...cdkContext, ...withoutAssets } });
}

/** Synthesises; returns the merged template with every finding, warning, error and note. */
function synthesised(app: App): { readonly template: Template; readonly remarks: readonly unknown[] } {
	const errorText = vi.spyOn(console, "error").mockImplementation(() => undefined);
	onTestFinished(() => errorText.mockRestore());
	const { directory, stacks, manifest } = app.synth();
	const report = JSON.parse(readFileSync(join(directory, "validation-report.json"), "utf8")) as Report;
	const messages = stacks.flatMap((stack) => stack.messages).map(({ level, id, entry }) => [level, id, entry.data]);
	/* What CDK's command line would look up in the account, with its credentials. */
	const lookUps = manifest.missing ?? [];
	const findings = report.pluginReports.flatMap(({ violations }) => violations);
	return {
		template: merged(stacks.map((stack) => template.parse(stack.template))),
		remarks: [...messages, ...findings, ...errorText.mock.calls, ...lookUps],
	};
}

describe("synthesis", () => {
	it("decides each CDK feature flag whose default differs from CDK's recommendation", () => {
		const outdated = Object.entries(FLAGS).filter(
			([, { unconfiguredBehavesLike, recommendedValue }]) =>
				(unconfiguredBehavesLike?.v2 ?? false) !== recommendedValue,
		);
		const undecided = outdated
			.map(([flag]) => flag)
			.filter((flag) => !(flag in cdkContext) && !obsolete.includes(flag));

		expect(undecided).toEqual([]);
	});

	it.each([
		["the sample stage", sampleStage],
		["a stage with connections to operators", sampleIn(connectedNetwork)],
		["a stage in an existing VPC", sampleIn(existingNetwork)],
		["a stage behind CloudFront", sampleBehindEdge()],
		["a stage with every option of operating it", sampleWithOptions],
	])("of %s gives no warning, no finding of CloudFormation's rules, and no look-up", (_, stage) => {
		const app = anApp();
		addGateway(app, stage);

		expect(synthesised(app).remarks).toEqual([]);
	});

	it("uses only the stage's account and region", () => {
		const app = anApp();
		addGateway(app, sampleStage);

		const { account, region } = sampleStage;
		expect(app.synth().stacks.map(({ environment }) => environment)).toEqual([
			{ account, region, name: `aws://${account}/${region}` },
			{ account, region, name: `aws://${account}/${region}` },
		]);
	});

	it("fails on a template that breaks CloudFormation's rules", () => {
		const app = anApp();
		new CfnSecurityGroup(new Stack(app, "wrong"), "guard", { groupDescription: "Clients' SMPP" });

		expect(() => synthesised(app)).toThrow("GroupDescription");
	});

	it("gives the local stack and the tests the deployed template", () => {
		const app = anApp();
		addGateway(app, sampleStage);

		const { template: deployed } = synthesised(app);

		expect(gatewayTemplate).toEqual(deployed);
	});
});
