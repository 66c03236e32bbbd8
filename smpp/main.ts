import { randomUUID } from "node:crypto";
import { dynamoClient, sqsClient, sqsPollingClient } from "#shared/aws/clients.ts";
import { dynamoLeases } from "#shared/aws/dynamo-leases.ts";
import { dynamoMessages } from "#shared/aws/dynamo-messages.ts";
import { dynamoPacks } from "#shared/aws/dynamo-packs.ts";
import { dynamoSubmissions } from "#shared/aws/dynamo-submissions.ts";
import { dynamoSwitches } from "#shared/aws/dynamo-switches.ts";
import { sqsIncoming } from "#shared/aws/sqs-incoming.ts";
import { sqsLaneSource } from "#shared/aws/sqs-lanes.ts";
import { sqsReceipts } from "#shared/aws/sqs-receipts.ts";
import { sqsReports } from "#shared/aws/sqs-reports.ts";
import { smppEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { randomMessageId } from "#shared/domain/message-id.ts";
import { operators } from "#shared/domain/operators.ts";
import { jsonLog } from "#shared/log.ts";
import { slotsOnAws } from "#shared/wiring/slots-on-aws.ts";
import { openClientsOnAws } from "./clients/clients-on-aws.ts";
import { receiversOnAws } from "./clients/receivers-on-aws.ts";
import { deliverIntake } from "./operators/deliver-intake.ts";
import { keepBind, usualBindLimits } from "./operators/keep-bind.ts";
import { leaseTerms } from "./operators/lease-terms.ts";
import { moIntake } from "./operators/mo-intake.ts";
import { openDesk } from "./operators/operator-desk.ts";
import { receiptsIntake } from "./operators/receipts-intake.ts";
import { watchSwitches } from "./operators/watch-switches.ts";

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
const incoming = { queue: sqsIncoming(sqs, env.INCOMING_QUEUE_URL), newPartId: randomMessageId, now: Date.now, log };
const stores = {
	messages: dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now),
	packs: dynamoPacks(dynamo, env.REPORTS_TABLE),
	submissions: dynamoSubmissions(dynamo, env.SUBMISSIONS_TABLE, Date.now),
	slots: slotsOnAws(dynamo, env, log),
	reports: sqsReports(sqs, env.REPORTS_QUEUE_URL),
	newPackId: randomUUID,
	now: Date.now,
};

const leasing = {
	leases: dynamoLeases(dynamo, env.LEASES_TABLE),
	holder: randomUUID(),
	terms: leaseTerms(env.LEASE_SECONDS),
	now: Date.now,
	monotonic: () => performance.now(),
	log,
};
const switches = watchSwitches(
	dynamoSwitches(dynamo, env.LEASES_TABLE),
	leasing.terms.heartbeatMs,
	(operator) => open.find((one) => one.operator === operator)?.desk.wake(),
	log,
);
/** Nobody gathers what clients' sessions tell of themselves yet. */
const unread = { count: () => undefined, measure: () => undefined };
const receivers = receiversOnAws(env, unread, log);
const clients = await openClientsOnAws(env, receivers, log);

const open = operators.flatMap((operator) => {
	const smsc = env.SMSCS[operator];
	if (smsc === undefined) return [];
	const { binds, tps, window, errors, submit: style, receipt_ids: _, ...address } = smsc;
	const intake = deliverIntake(receiptsIntake(operator, receipts, Date.now, log), moIntake(operator, incoming));
	const login = { ...address, password: env.SMSC_PASSWORDS[operator] ?? "" };
	const desk = openDesk({
		operator,
		binds,
		tps,
		window,
		errors,
		style,
		openBind: (hooks) =>
			keepBind(login, {
				...hooks,
				onDeliver: intake.accept,
				log: (event, details) => log.info(event, { operator, ...details }),
			}),
		isPaused: () => switches.isPaused(operator),
		drainMs: usualBindLimits.drainMs,
		leasing,
		picking: stores,
		recording: stores,
		source,
		visibilitySeconds: env.LANE_VISIBILITY_SECONDS,
		log,
	});
	return [{ operator, desk, intake }];
});
log.info("service.started", { operators: open.length });

/** ECS kills what has not stopped after 30 s; what was on its way then is found again by whoever comes next. */
const stopMaxMs = 27_000;
/** Within the ten seconds that the local house gives. */
const clientsDrainMs = 6_000;

async function stop(): Promise<void> {
	setTimeout(() => {
		log.error("service.cut_short");
		process.exit(1);
	}, stopMaxMs).unref();
	switches.stop();
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
