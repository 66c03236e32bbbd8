import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { root } from "./entries.ts";

/**
 * Run by `cdk synth` and `cdk deploy`: two stacks for each stage. `--context stages=FOLDER` reads another folder. `--context lost=messages,slots`
 * makes the state stacks alone, without these tables.
 */
try {
	const [gateway, { readStages, stagesFolder }, { assertWithinQuotas }, { tableRolesIn }] = await Promise.all([
		import("./gateway.ts"),
		import("./stage-files.ts"),
		import("./account-quotas.ts"),
		import("./table-roles.ts"),
	]);
	const { addGateway, addState, resourcesOf } = gateway;
	const app = new App();
	const folder: unknown = app.node.tryGetContext("stages");
	const stages = readStages(join(root, typeof folder === "string" ? folder : stagesFolder));
	const lost: unknown = app.node.tryGetContext("lost");
	if (typeof lost === "string") {
		const roles = tableRolesIn(lost);
		for (const stage of stages) addState(app, stage, roles);
		app.synth();
	} else {
		for (const stage of stages) addGateway(app, stage);
		const assembly = app.synth();
		assertWithinQuotas(stages.map((stage) => ({ stage, resources: resourcesOf(assembly, stage) })));
	}
} catch (error) {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
}
