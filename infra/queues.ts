import { Stack as CdkStack, Duration, RemovalPolicy } from "aws-cdk-lib";
import { type CfnQueue, Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { deadRole, laneRole, queueName } from "#shared/contracts/resource-names.ts";
import { accountQueuesPrefix } from "#shared/domain/accounts/account-queue.ts";
import { type LaneName, lanes } from "#shared/domain/message/lanes.ts";
import { metadataKeys } from "./entries.ts";
import { namePrefix, type Stage } from "./stage.ts";

/** A queue and where its entries rest that nobody could deal with. */
export type QueuePair = { readonly queue: Queue; readonly dead: Queue };

type PairProps = { readonly role: string; readonly visibilitySeconds: number; readonly receivesMax: number };

/** On a standard queue an entry keeps its age when it moves, so what rests must be kept longer than what waits. */
const entryRetentionDays = 10;
const deadLetterRetentionDays = 14;

/** As often as SQS allows: an outage of what an entry needs must not make it a dead letter. */
const receivesMaxOfSqs = 1_000;

/** How long whoever takes up dead letters has them for themselves; one that is no entry comes again and again, so not often. */
export const deadLettersVisibilitySeconds = 120;

/** Every queue. Each has dead letters of its own: what lands there names the queue it failed in. */
export class Queues extends Construct {
	readonly lanes: Readonly<Record<LaneName, QueuePair>>;
	readonly receipts: QueuePair;
	readonly reports: QueuePair;
	readonly dueShards: QueuePair;
	/** Parts of messages that subscribers sent (MO). */
	readonly incoming: QueuePair;
	/** The queues of accounts that are told by SMPP, which the operator's command line makes. */
	readonly accountQueuesArn: string;
	readonly #prefix: string;

	constructor(scope: Construct, id: string, stage: Stage) {
		super(scope, id);
		this.#prefix = namePrefix(stage);
		const resource = `${accountQueuesPrefix(this.#prefix)}*`;
		this.accountQueuesArn = CdkStack.of(this).formatArn({ service: "sqs", resource });
		const lanePairs = lanes.map(({ name }) => {
			const pair = this.#pair({
				role: laneRole(name),
				visibilitySeconds: stage.laneVisibilitySeconds,
				// Of an operator that is away a lane is gone round every quarter of an hour: 960 times until its entries' days are over.
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

	#queue(role: string, props: ConstructorParameters<typeof Queue>[2]): Queue {
		const queue = new Queue(this, role, {
			queueName: queueName(this.#prefix, role),
			encryption: QueueEncryption.SQS_MANAGED,
			enforceSSL: true,
			removalPolicy: RemovalPolicy.RETAIN,
			...props,
		});
		(queue.node.defaultChild as CfnQueue).addMetadata(metadataKeys.role, role);
		return queue;
	}
}
