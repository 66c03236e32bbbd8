import { App } from "aws-cdk-lib";
import { addGateway } from "./gateway.ts";
import { stages } from "./stages.ts";

/** What `cdk synth` and `cdk deploy` run: two stacks for each stage, what it holds and what runs. */
const app = new App();
for (const stage of stages) addGateway(app, stage);
app.synth();
