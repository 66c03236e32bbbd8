import type * as z from "zod";
import { dynamoBatches } from "#shared/aws/dynamo/dynamo-batches.ts";
import { dynamoIncoming } from "#shared/aws/dynamo/dynamo-incoming.ts";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { dynamoSearchIndex } from "#shared/aws/dynamo/dynamo-search-index.ts";
import { dynamoClient } from "#shared/aws/transport/aws-clients.ts";
import { searchEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { promisedMessages } from "#shared/usecases/message/promised-messages.ts";
import { holdersOnAws } from "#shared/wiring/holders-on-aws.ts";
import { admissionOnAws } from "#shared/wiring/limits-on-aws.ts";
import { telemetryOnAws } from "#shared/wiring/telemetry-on-aws.ts";
import { authenticatedAccount, httpHandler } from "./http/http-handler.ts";
import { incomingSearch, messageSearch } from "./http/search-endpoints.ts";
import { flushingMetrics } from "./metrics/flushing-metrics.ts";

/** GET /messages and GET /incoming: an account's own messages, and those that subscribers sent to it (A52). */
export const handler = searchHandler(readEnv(searchEnv));

export function searchHandler(env: z.output<typeof searchEnv>) {
	const dynamo = dynamoClient();
	const { log, metrics } = telemetryOnAws(env, "search");
	const messages = dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log);
	const batches = dynamoBatches(dynamo, env.BATCHES_TABLE, Date.now);
	const holding = { messages, batches, ...holdersOnAws(dynamo, env, log), now: Date.now };
	const index = env.SEARCH_INDEX ? dynamoSearchIndex(dynamo, env.MESSAGES_TABLE, "by-recipient") : null;
	const incoming = {
		incoming: dynamoIncoming(dynamo, env.INCOMING_TABLE, Date.now, log),
		bySender: dynamoSearchIndex(dynamo, env.INCOMING_TABLE, "incoming-by-sender"),
		byRecipient: dynamoSearchIndex(dynamo, env.INCOMING_TABLE, "incoming-by-recipient"),
	};
	const finding = {
		...{ messages, batches, index, submissions: null, idKey: env.MESSAGE_ID_KEY },
		reportBatches: dynamoReportBatches(dynamo, env.REPORTS_TABLE, log),
		promised: async (rows: Parameters<typeof promisedMessages>[1]) => await promisedMessages(holding, rows),
	};
	const admitRequest = admissionOnAws(env);

	return flushingMetrics(
		metrics,
		httpHandler(async (event) => {
			const { userName } = await authenticatedAccount(event, admitRequest);
			const query = event.queryStringParameters ?? {};
			const isIncoming = event.rawPath.replace(/\/$/, "").endsWith("/incoming");
			if (!isIncoming) return await messageSearch(finding, query, userName);
			return await incomingSearch(env.SEARCH_INDEX ? incoming : null, env.MESSAGE_ID_KEY, query, userName);
		}),
	);
}
