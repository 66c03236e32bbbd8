import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { cdkContext } from "#infra/cdk-context.ts";
import type { Entries } from "#infra/entries.ts";
import { addGateway } from "#infra/gateway.ts";
import type { Stage } from "#infra/stage.ts";
import { merged, type Template, template } from "./template.ts";

/**
 * The templates that `cdk deploy` would send, merged into one. Nothing is bundled, copied or looked up. CloudFormation's rules are
 * not checked, which takes a second and is left to `cdk synth`.
 */
export function synthesise(stage: Stage, entries: Entries): Template {
	const outdir = mkdtempSync(join(tmpdir(), "smsgw-synth-"));
	try {
		const app = new App({
			outdir,
			analyticsReporting: false,
			treeMetadata: false,
			builtinCloudFormationValidation: false,
			context: { ...cdkContext, "aws:cdk:bundling-stacks": [], "aws:cdk:disable-asset-staging": true },
		});
		addGateway(app, stage, entries);
		return merged(app.synth().stacks.map((stack) => template.parse(stack.template)));
	} finally {
		rmSync(outdir, { recursive: true, force: true });
	}
}
