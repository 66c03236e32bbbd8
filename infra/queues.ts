import { Stack as CdkStack, Duration, RemovalPolicy } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { type CfnQueue, Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { deadRole, laneRole, queueName } from "#shared/contracts/resource-names.ts";
import { accountQueuesPrefix } from "#shared/domain/accounts/account-queue.ts";
import { type LaneName, lanes } from "#shared/domain/message/lanes.ts";
import { metadataKeys } from "./entries.ts";
import { namePrefix, type Stage } from "./stage.ts";

export type QueuePair = { readonly queue: Queue; readonly dead: Queue };

type PairProps = { readonly role: string; readonly visibilitySeconds: number; readonly receivesMax: number };

/** An entry keeps its age when it becomes a dead letter, so the dead-letter queue must keep entries longer. */
const entryRetentionDays = 10;
const deadLetterRetentionDays = 14;

/** SQS's maximum, so that an outage does not make entries dead letters. */
const receivesMaxOfSqs = 1_000;

/** An entry that cannot be read returns again and again, so it should return seldom. */
export const deadLettersVisibilitySeconds = 120;

/** Each queue has its own dead-letter queue. */
export class Queues extends Construct {
	readonly lanes: Readonly<Record<LaneName, QueuePair>>;
	readonly receipts: QueuePair;
	readonly reports: QueuePair;
	readonly dueShards: QueuePair;
	readonly incoming: QueuePair;
	/** The queues of accounts with reports by SMPP, which the command line creates. */
	readonly accountQueuesArn: string;
	readonly #prefix: string;
	readonly #key: IKey | undefined;

	constructor(scope: Construct, id: string, { stage, key }: { readonly stage: Stage; readonly key: IKey | undefined }) {
		super(scope, id);
		this.#prefix = namePrefix(stage);
		this.#key = key;
		const resource = `${accountQueuesPrefix(this.#prefix)}*`;
		this.accountQueuesArn = CdkStack.of(this).formatArn({ service: "sqs", resource });
		const lanePairs = lanes.map(({ name }) => {
			const pair = this.#pair({
				role: laneRole(name),
				visibilitySeconds: stage.laneVisibilitySeconds,
				// The lane of an operator without a bind is scanned every quarter of an hour: 960 times until the entries expire.
				receivesMax: receivesMaxOfSqs,
			});
			return [name, pair] as const;
		});
		this.lanes = Object.fromEntries(lanePairs) as Record<LaneName, QueuePair>;
		this.receipts = this.#pair({
			role: "receipts",
			visibilitySeconds: stage.receiptsVisibilitySeconds,
			receivesMax: receivesMaxOfSqs,
		});
		this.reports = this.#pair({
			role: "reports",
			visibilitySeconds: stage.reportsVisibilitySeconds,
			receivesMax: receivesMaxOfSqs,
		});
		this.incoming = this.#pair({
			role: "incoming",
			visibilitySeconds: stage.incomingVisibilitySeconds,
			receivesMax: receivesMaxOfSqs,
		});
		this.dueShards = this.#pair({
			role: "due-shards",
			visibilitySeconds: stage.dueShardsVisibilitySeconds,
			receivesMax: 10,
		});
	}

	#pair({ role, visibilitySeconds, receivesMax }: PairProps): QueuePair {
		const dead = this.#queue(deadRole(role), {
			visibilityTimeout: Duration.seconds(deadLettersVisibilitySeconds),
			retentionPeriod: Duration.days(deadLetterRetentionDays),
		});
		const queue = this.#queue(role, {
			visibilityTimeout: Duration.seconds(visibilitySeconds),
			retentionPeriod: Duration.days(entryRetentionDays),
			deadLetterQueue: { queue: dead, maxReceiveCount: receivesMax },
		});
		return { queue, dead };
	}

	/** With the account's key, SQS uses a data key for an hour: each use of the key costs. */
	#encryption() {
		if (this.#key === undefined) return { encryption: QueueEncryption.SQS_MANAGED };
		return { encryption: QueueEncryption.KMS, encryptionMasterKey: this.#key, dataKeyReuse: Duration.hours(1) };
	}

	#queue(role: string, props: ConstructorParameters<typeof Queue>[2]): Queue {
		const queue = new Queue(this, role, {
			queueName: queueName(this.#prefix, role),
			...this.#encryption(),
			enforceSSL: true,
			removalPolicy: RemovalPolicy.RETAIN,
			...props,
		});
		(queue.node.defaultChild as CfnQueue).addMetadata(metadataKeys.role, role);
		return queue;
	}
}
