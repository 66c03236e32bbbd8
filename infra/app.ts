import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { root } from "./entries.ts";

/** What `cdk synth` and `cdk deploy` run: two stacks for each stage, what it holds and what runs. `--context stages=FOLDER`: of another folder. */
try {
	const [{ addGateway }, { readStages, stagesFolder }] = await Promise.all([
		import("./gateway.ts"),
		import("./stage-files.ts"),
	]);
	const app = new App();
	const folder: unknown = app.node.tryGetContext("stages");
	for (const stage of readStages(join(root, typeof folder === "string" ? folder : stagesFolder))) {
		addGateway(app, stage);
	}
	app.synth();
} catch (error) {
	// A setting that is wrong is told in one line; whoever looks for more has it in the cause.
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
}
