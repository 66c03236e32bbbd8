import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { root } from "./entries.ts";

/** Run by `cdk synth` and `cdk deploy`: two stacks for each stage. `--context stages=FOLDER` reads another folder. */
try {
	const [{ addGateway, resourcesOf }, { readStages, stagesFolder }, { assertWithinQuotas }] = await Promise.all([
		import("./gateway.ts"),
		import("./stage-files.ts"),
		import("./account-quotas.ts"),
	]);
	const app = new App();
	const folder: unknown = app.node.tryGetContext("stages");
	const stages = readStages(join(root, typeof folder === "string" ? folder : stagesFolder));
	for (const stage of stages) addGateway(app, stage);
	const assembly = app.synth();
	assertWithinQuotas(stages.map((stage) => ({ stage, resources: resourcesOf(assembly, stage) })));
} catch (error) {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
}
