import { randomUUID } from "node:crypto";
import { dynamoClient, sqsClient, sqsPollingClient } from "#shared/aws/clients.ts";
import { dynamoMessages } from "#shared/aws/dynamo-messages.ts";
import { dynamoPacks } from "#shared/aws/dynamo-packs.ts";
import { dynamoSubmissions } from "#shared/aws/dynamo-submissions.ts";
import { sqsLaneSource } from "#shared/aws/sqs-lanes.ts";
import { sqsReceipts } from "#shared/aws/sqs-receipts.ts";
import { sqsReports } from "#shared/aws/sqs-reports.ts";
import { smppEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { operators } from "#shared/domain/operators.ts";
import { jsonLog } from "#shared/log.ts";
import { slotsOnAws } from "#shared/wiring/slots-on-aws.ts";
import { openClientsOnAws } from "./clients/clients-on-aws.ts";
import { receiversOnAws } from "./clients/receivers-on-aws.ts";
import { keepBind } from "./operators/keep-bind.ts";
import { openDesk } from "./operators/operator-desk.ts";
import { receiptsIntake } from "./operators/receipts-intake.ts";

/**
 * The SMPP service: keeps our binds to the operators, sends what their lanes hold and takes in what they deliver, and serves the clients
 * that bind to us.
 */
const env = readEnv(smppEnv);
const log = jsonLog("smpp");
const dynamo = dynamoClient();
const sqs = sqsClient();
const source = sqsLaneSource(sqs, sqsPollingClient(), env.LANE_QUEUE_URLS, log);
const receipts = sqsReceipts(sqs, env.RECEIPTS_QUEUE_URL);
const stores = {
	messages: dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now),
	packs: dynamoPacks(dynamo, env.REPORTS_TABLE),
	submissions: dynamoSubmissions(dynamo, env.SUBMISSIONS_TABLE, Date.now),
	slots: slotsOnAws(dynamo, env, log),
	reports: sqsReports(sqs, env.REPORTS_QUEUE_URL),
	newPackId: randomUUID,
	now: Date.now,
};

/** Nobody gathers what clients' sessions tell of themselves yet. */
const unread = { count: () => undefined, measure: () => undefined };
const receivers = receiversOnAws(env, unread, log);
const clients = await openClientsOnAws(env, receivers, log);

const open = operators.flatMap((operator) => {
	const smsc = env.SMSCS[operator];
	if (smsc === undefined) return [];
	const intake = receiptsIntake(operator, receipts, Date.now, log);
	const { binds, tps, window, errors, ...address } = smsc;
	const login = { ...address, password: env.SMSC_PASSWORDS[operator] ?? "" };
	const desk = openDesk({
		operator,
		binds,
		tps,
		window,
		errors,
		openBind: (hooks) =>
			keepBind(login, {
				...hooks,
				onDeliver: intake.accept,
				log: (event, details) => log.info(event, { operator, ...details }),
			}),
		picking: stores,
		recording: stores,
		source,
		visibilitySeconds: env.LANE_VISIBILITY_SECONDS,
		log,
	});
	return [{ desk, intake }];
});
log.info("service.started", { operators: open.length });

/** Within the ten seconds that the local house gives, and the thirty of ECS. */
const clientsDrainMs = 6_000;

async function stop(): Promise<void> {
	await Promise.all([
		clients.stop(clientsDrainMs),
		...open.map(async ({ desk, intake }) => {
			await desk.stop();
			await intake.drained();
		}),
	]);
	log.info("service.stopped");
	process.exit(0);
}

process.once("SIGTERM", () => void stop());
process.once("SIGINT", () => void stop());
