import { RemovalPolicy } from "aws-cdk-lib";
import { type CfnSecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { metadataKeys } from "./entries.ts";
import { namePrefix, type Stage } from "./stage.ts";
import { edgeRegion } from "./stage-edge.ts";

export function edgeKeyName(stage: Stage): string {
	return `${namePrefix(stage)}-edge-key`;
}

/** The key by which functions know requests that came through CloudFront. It is copied to the region of the edge. */
export class EdgeKey extends Construct {
	readonly secret: Secret;

	constructor(scope: Construct, id: string, stage: Stage) {
		super(scope, id);
		this.secret = new Secret(this, "secret", {
			secretName: edgeKeyName(stage),
			generateSecretString: { passwordLength: 64, excludePunctuation: true },
			...(stage.region !== edgeRegion && { replicaRegions: [{ region: edgeRegion }] }),
		});
		this.secret.applyRemovalPolicy(RemovalPolicy.RETAIN);
		(this.secret.node.defaultChild as CfnSecret).addMetadata(metadataKeys.role, "edge-key");
	}
}
