import { App } from "aws-cdk-lib";
import { addGateway } from "./gateway.ts";

/** What `cdk synth` and `cdk deploy` run: two stacks for each stage, what it holds and what runs. */
try {
	const { stages } = await import("./stages.ts");
	const app = new App();
	for (const stage of stages) addGateway(app, stage);
	app.synth();
} catch (error) {
	// A setting that is wrong is told in one line; whoever looks for more has it in the cause.
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
}
