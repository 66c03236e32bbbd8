import type { IVpc } from "aws-cdk-lib/aws-ec2";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import type { z } from "zod";
import {
	checkDueEnv,
	deleteMessageEnv,
	getBatchEnv,
	getClientMessageEnv,
	getMessageEnv,
	getOpenapiEnv,
	getSendersEnv,
	getStatsEnv,
	incomingEnv,
	laneDeadLettersEnv,
	postBatchEnv,
	postMessageEnv,
	receiptsEnv,
	reportsEnv,
	searchEnv,
	unknownRouteEnv,
} from "#shared/contracts/environments.ts";
import type { EnvOf } from "#shared/contracts/read-env.ts";
import { basePath } from "#shared/contracts/routes.ts";
import type { EdgeKey } from "./edge-key.ts";
import { GatewayFunction } from "./gateway-function.ts";
import { laneUrls } from "./lane-urls.ts";
import { grant, permissions } from "./permissions.ts";
import { deadLettersVisibilitySeconds, type Queues } from "./queues.ts";
import type { Secrets } from "./secrets.ts";
import type { SlotSchedules } from "./slot-schedules.ts";
import { namePrefix, type Stage } from "./stage.ts";
import type { Tables } from "./tables.ts";

export type FunctionsProps = {
	readonly stage: Stage;
	readonly handlers: string;
	readonly tables: Tables;
	readonly queues: Queues;
	readonly slotSchedules: SlotSchedules;
	readonly key: IKey | undefined;
	readonly secrets: Secrets;
	readonly edgeKey: EdgeKey | undefined;
	readonly vpc: IVpc;
};

export type FunctionEntry = Exclude<keyof typeof permissions, "smpp" | "send-canary">;

/** Below API Gateway's 30 s, so that the function answers itself. */
const apiTimeoutSeconds = 28;

/** The functions by their file in the folder of handlers. */
export class Functions extends Construct {
	readonly byEntry: Readonly<Record<FunctionEntry, GatewayFunction<z.ZodObject>>>;
	readonly #props: FunctionsProps;

	constructor(scope: Construct, id: string, props: FunctionsProps) {
		super(scope, id);
		this.#props = props;
		const behindTheApi = this.#behindTheApi();
		const edgeKey = props.edgeKey?.secret.secretValue.unsafeUnwrap();
		if (edgeKey !== undefined) {
			for (const behindEdge of Object.values(behindTheApi)) behindEdge.addEnvironment("EDGE_KEY", edgeKey);
		}
		this.byEntry = { ...behindTheApi, ...this.#behindQueues() };
	}

	#behindTheApi() {
		const clients = this.#clients();
		const reads = this.#reads();
		const BATCHES_TABLE = this.#props.tables.byRole.batches.tableName;
		const accepts = { ...this.#accepts(), BATCHES_TABLE };
		return {
			"post-message": this.#fn("post-message", postMessageEnv, apiTimeoutSeconds, accepts),
			"post-batch": this.#fn("post-batch", postBatchEnv, apiTimeoutSeconds, accepts),
			"get-message": this.#fn("get-message", getMessageEnv, apiTimeoutSeconds, reads),
			"delete-message": this.#fn("delete-message", deleteMessageEnv, apiTimeoutSeconds, {
				...reads,
				...this.#counts(),
				REPORTS_QUEUE_URL: accepts.REPORTS_QUEUE_URL,
			}),
			"get-client-message": this.#fn("get-client-message", getClientMessageEnv, apiTimeoutSeconds, {
				...reads,
				...this.#holds(),
				MESSAGE_ID_KEY: accepts.MESSAGE_ID_KEY,
				BATCHES_TABLE,
			}),
			"get-batch": this.#fn("get-batch", getBatchEnv, apiTimeoutSeconds, {
				...reads,
				...this.#counts(),
				...this.#holds(),
				BATCHES_TABLE,
			}),
			search: this.#fn("search", searchEnv, apiTimeoutSeconds, {
				...reads,
				...this.#holds(),
				MESSAGE_ID_KEY: accepts.MESSAGE_ID_KEY,
				BATCHES_TABLE,
				INCOMING_TABLE: this.#props.tables.byRole.incoming.tableName,
				SEARCH_INDEX: accepts.SEARCH_INDEX,
			}),
			"get-senders": this.#fn("get-senders", getSendersEnv, apiTimeoutSeconds, clients),
			"get-stats": this.#fn("get-stats", getStatsEnv, apiTimeoutSeconds, {
				...clients,
				...this.#counts(),
				METRICS_NAMESPACE: reads.METRICS_NAMESPACE,
			}),
			"get-openapi": this.#fn("get-openapi", getOpenapiEnv, apiTimeoutSeconds, {}),
			"unknown-route": this.#fn("unknown-route", unknownRouteEnv, apiTimeoutSeconds, {}),
		};
	}

	/** Of functions that count messages. */
	#counts() {
		const { stage, tables } = this.#props;
		return { COUNTS_TABLE: tables.byRole.counts.tableName, COUNTS_RETENTION_DAYS: String(stage.countsRetentionDays) };
	}

	#clients() {
		const { stage, tables } = this.#props;
		const { accounts, credentials, limits } = tables.byRole;
		return {
			ACCOUNTS_TABLE: accounts.tableName,
			CREDENTIALS_TABLE: credentials.tableName,
			LIMITS_TABLE: limits.tableName,
			ACCOUNT_REQUESTS_PER_SECOND: String(stage.accountRequestsPerSecond),
		};
	}

	#reads() {
		const { stage, tables } = this.#props;
		const { messages, reports } = tables.byRole;
		return {
			...this.#clients(),
			METRICS_NAMESPACE: namePrefix(stage),
			MESSAGES_TABLE: messages.tableName,
			REPORTS_TABLE: reports.tableName,
		};
	}

	/** Of functions that give messages a holder. */
	#holds() {
		const { tables, queues, slotSchedules } = this.#props;
		return {
			...slotSchedules.env,
			SLOTS_TABLE: tables.byRole.slots.tableName,
			LANE_QUEUE_URLS: laneUrls(queues),
			REPORTS_QUEUE_URL: queues.reports.queue.queueUrl,
		};
	}

	#accepts() {
		const { stage, secrets, tables } = this.#props;
		return {
			...this.#clients(),
			...this.#holds(),
			...this.#counts(),
			METRICS_NAMESPACE: namePrefix(stage),
			NUMBERS_TABLE: tables.byRole.numbers.tableName,
			MESSAGES_TABLE: tables.byRole.messages.tableName,
			MESSAGE_ID_KEY: secrets.messageIdKey.secretValue.unsafeUnwrap(),
			PUBLIC_URL: `${stage.publicUrl}${basePath}`,
			RETENTION_DAYS: String(stage.retentionDays),
			FINAL_TEXTS: stage.finalTexts,
			SEARCH_INDEX: stage.searchIndex ? "yes" : "no",
		};
	}

	#behindQueues() {
		const { stage, queues, tables, vpc } = this.#props;
		const { accounts, messages, slots, reports, submissions } = tables.byRole;
		const shared = {
			...this.#counts(),
			METRICS_NAMESPACE: namePrefix(stage),
			MESSAGES_TABLE: messages.tableName,
			REPORTS_QUEUE_URL: queues.reports.queue.queueUrl,
		};
		const receipts = this.#fn("receipts", receiptsEnv, stage.receiptsVisibilitySeconds, {
			...shared,
			SUBMISSIONS_TABLE: submissions.tableName,
			REPORTS_TABLE: reports.tableName,
			RECEIPTS_QUEUE_URL: queues.receipts.queue.queueUrl,
			RECEIPTS_DEAD_LETTERS_URL: queues.receipts.dead.queueUrl,
			SMSC_ERRORS: smscErrorsOf(stage),
			RECEIPT_IDS: receiptIdsOf(stage),
			LONG_RECEIPTS: longReceiptsOf(stage),
		});
		const posts = {
			...shared,
			INCOMING_TABLE: tables.byRole.incoming.tableName,
			REPORTS_TABLE: reports.tableName,
			SLOTS_TABLE: slots.tableName,
			ACCOUNTS_TABLE: accounts.tableName,
			WEBHOOK_SECRETS_TABLE: tables.byRole["webhook-secrets"].tableName,
			REPORTS_DEAD_LETTERS_URL: queues.reports.dead.queueUrl,
			RETENTION_DAYS: String(stage.retentionDays),
			PRIVATE_WEBHOOKS: stage.privateWebhooks ? "yes" : "no",
		};
		const checkDue = this.#fn("check-due", checkDueEnv, stage.dueShardsVisibilitySeconds, {
			...shared,
			REPORTS_TABLE: reports.tableName,
			SLOTS_TABLE: slots.tableName,
			LANE_QUEUE_URLS: laneUrls(queues),
			DUE_SHARDS_QUEUE_URL: queues.dueShards.queue.queueUrl,
		});
		const laneDeadLetters = this.#fn("lane-dead-letters", laneDeadLettersEnv, deadLettersVisibilitySeconds, {
			...shared,
			REPORTS_TABLE: reports.tableName,
		});
		return {
			receipts,
			incoming: this.#incoming(),
			reports: this.#fn("reports", reportsEnv, stage.reportsVisibilitySeconds, posts, vpc),
			"check-due": checkDue,
			"lane-dead-letters": laneDeadLetters,
		};
	}

	#incoming() {
		const { stage, queues, tables } = this.#props;
		return this.#fn("incoming", incomingEnv, stage.incomingVisibilitySeconds, {
			...this.#counts(),
			METRICS_NAMESPACE: namePrefix(stage),
			INCOMING_TABLE: tables.byRole.incoming.tableName,
			SHORT_CODES_TABLE: tables.byRole["short-codes"].tableName,
			REPORTS_TABLE: tables.byRole.reports.tableName,
			INCOMING_QUEUE_URL: queues.incoming.queue.queueUrl,
			INCOMING_DEAD_LETTERS_URL: queues.incoming.dead.queueUrl,
			REPORTS_QUEUE_URL: queues.reports.queue.queueUrl,
			INCOMING_WAIT_SECONDS: String(stage.incomingWaitSeconds),
			RETENTION_DAYS: String(stage.incomingRetentionDays ?? stage.retentionDays),
			SEARCH_INDEX: stage.searchIndex ? "yes" : "no",
		});
	}

	#fn<Schema extends z.ZodObject>(
		entry: FunctionEntry,
		envSchema: Schema,
		timeoutSeconds: number,
		env: EnvOf<Schema>,
		vpc?: IVpc,
	): GatewayFunction<z.ZodObject> {
		const { stage, handlers } = this.#props;
		const created = new GatewayFunction(this, entry, {
			stage,
			handlers,
			entry,
			envSchema,
			env,
			timeoutSeconds,
			...(vpc && { vpc }),
		});
		grant(created, permissions[entry], this.#props);
		return created;
	}
}

function smscErrorsOf({ operators }: Stage): string {
	const withErrors = Object.entries(operators).filter(([, smsc]) => smsc.errors !== undefined);
	return JSON.stringify(Object.fromEntries(withErrors.map(([operator, { errors }]) => [operator, errors])));
}

function receiptIdsOf({ operators }: Stage): string {
	return JSON.stringify(
		Object.fromEntries(Object.entries(operators).map(([operator, { receipt_ids }]) => [operator, receipt_ids])),
	);
}

function longReceiptsOf({ operators }: Stage): string {
	return JSON.stringify(
		Object.fromEntries(Object.entries(operators).map(([operator, { long_receipts }]) => [operator, long_receipts])),
	);
}
