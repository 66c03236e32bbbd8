import { randomUUID } from "node:crypto";
import type * as z from "zod";
import { dynamoClient, sqsClient } from "#shared/aws/clients.ts";
import { dynamoMessages } from "#shared/aws/dynamo-messages.ts";
import { dynamoPacks } from "#shared/aws/dynamo-packs.ts";
import { dynamoSubmissions } from "#shared/aws/dynamo-submissions.ts";
import { receiptPackFrom, sqsReceipts } from "#shared/aws/sqs-receipts.ts";
import { sqsReports } from "#shared/aws/sqs-reports.ts";
import { receiptsEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { applyReceipts } from "#shared/usecases/apply-receipts.ts";
import { toldMessages } from "#shared/usecases/told-messages.ts";
import { tellingOnAws } from "#shared/wiring/figures-on-aws.ts";
import { tellingFigures } from "./figures/telling-figures.ts";
import { entriesTogether } from "./sqs/queue-handler.ts";

/** The receipts queue: what operators say of segments becomes their messages' status, and their clients' reports. */
export const handler = receiptsHandler(readEnv(receiptsEnv));

/** Makes the handler of one container: its clients and its caches are its own. */
export function receiptsHandler(env: z.output<typeof receiptsEnv>) {
	const dynamo = dynamoClient();
	const sqs = sqsClient();
	const { log, metrics } = tellingOnAws(env, "receipts");
	const deps = {
		messages: toldMessages(dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log), { log, metrics }, "rest"),
		submissions: dynamoSubmissions(dynamo, env.SUBMISSIONS_TABLE, Date.now, log),
		packs: dynamoPacks(dynamo, env.REPORTS_TABLE, log),
		receipts: sqsReceipts(sqs, env.RECEIPTS_QUEUE_URL),
		orphans: sqsReceipts(sqs, env.RECEIPTS_DEAD_LETTERS_URL),
		reports: sqsReports(sqs, env.REPORTS_QUEUE_URL),
		newPackId: randomUUID,
		smscErrors: env.SMSC_ERRORS,
		receiptIds: env.RECEIPT_IDS,
		learntIds: new Map(),
		log,
	};

	return tellingFigures(
		metrics,
		entriesTogether(
			{ consumer: "receipts", log, metrics, now: Date.now },
			(body, { receives }) => receiptPackFrom(body, receives),
			async (packs) => await applyReceipts(deps, packs),
		),
	);
}
