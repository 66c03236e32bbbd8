import { Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription, UrlSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { alarmingServicesOf } from "./encryption-key.ts";
import { namePrefix, type Stage } from "./stage.ts";

/** The topic of the stage's alarms, mailed to its addresses and posted to its webhook. */
export class AlarmTopic extends Construct {
	readonly topic: Topic;

	constructor(scope: Construct, id: string, { stage, key }: { readonly stage: Stage; readonly key: IKey | undefined }) {
		super(scope, id);
		this.topic = new Topic(this, "topic", {
			topicName: `${namePrefix(stage)}-alarms`,
			enforceSSL: true,
			...(key && { masterKey: key }),
		});
		for (const service of alarmingServicesOf(stage)) this.topic.addToResourcePolicy(this.#publishes(service));
		for (const address of stage.alarmAddresses ?? []) this.topic.addSubscription(new EmailSubscription(address));
		if (stage.alarmWebhook !== undefined) this.topic.addSubscription(new UrlSubscription(stage.alarmWebhook));
	}

	/** `enforceSSL` gives the topic a policy, which replaces the default that lets AWS's services publish. */
	#publishes(service: string): PolicyStatement {
		return new PolicyStatement({
			principals: [new ServicePrincipal(service)],
			actions: ["sns:Publish"],
			resources: [this.topic.topicArn],
			conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
		});
	}
}
