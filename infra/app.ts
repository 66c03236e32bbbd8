import { App } from "aws-cdk-lib";
import { GatewayStack } from "./gateway-stack.ts";
import { stages } from "./stages.ts";

/** What `cdk synth` and `cdk deploy` run: one stack for each stage. */
const app = new App();
for (const stage of stages) new GatewayStack(app, `Smsgw-${stage.name}`, { stage });
app.synth();
