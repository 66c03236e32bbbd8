import { randomUUID } from "node:crypto";
import type { z } from "zod";
import { dynamoLeases } from "#shared/aws/dynamo/dynamo-leases.ts";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoSwitches } from "#shared/aws/dynamo/dynamo-operator-switches.ts";
import { dynamoReceiptForms } from "#shared/aws/dynamo/dynamo-receipt-forms.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { dynamoSubmissions } from "#shared/aws/dynamo/dynamo-submissions.ts";
import { sqsIncoming } from "#shared/aws/sqs/sqs-incoming.ts";
import { sqsLaneSource } from "#shared/aws/sqs/sqs-lanes.ts";
import { sqsReceipts } from "#shared/aws/sqs/sqs-receipts.ts";
import { sqsReports } from "#shared/aws/sqs/sqs-reports.ts";
import { dynamoClient, sqsClient, sqsPollingClient } from "#shared/aws/transport/aws-clients.ts";
import type { smppEnv } from "#shared/contracts/environments.ts";
import type { SmscSettings } from "#shared/contracts/smscs.ts";
import { receivedLease } from "#shared/domain/lease-names.ts";
import { randomMessageId } from "#shared/domain/message/message-id.ts";
import { type Operator, operators } from "#shared/domain/message/operators.ts";
import { leaseTerms } from "#shared/flow/lease-terms.ts";
import type { Log } from "#shared/log.ts";
import { countedMessages } from "#shared/usecases/counts/counted-messages.ts";
import type { Counter } from "#shared/usecases/counts/counter.ts";
import { type Instruments, instrumentedMessages } from "#shared/usecases/message/instrumented-messages.ts";
import { receiptForms as formsOf } from "#shared/usecases/receipts/receipt-forms.ts";
import { slotsOnAws } from "#shared/wiring/slots-on-aws.ts";
import { deliverSmIntake } from "./deliver-sm-intake.ts";
import { instrumentedBind } from "./instrumented-bind.ts";
import { defaultBindLimits, keepBind } from "./keep-bind.ts";
import { moIntake } from "./mo-intake.ts";
import { logState, measureState, measureWaiting } from "./operator-metrics.ts";
import { type OperatorSender, openOperatorSender } from "./operator-sender.ts";
import { receiptsIntake } from "./receipts-intake.ts";
import { recentSubmits } from "./recent-submits.ts";
import { recordedById } from "./recorded-by-id.ts";
import { watchSwitches } from "./watch-switches.ts";

export type OperatorLinks = {
	readonly count: number;
	/** Whether the task has read from the table of leases. Before, it submits nothing. */
	readonly started: boolean;
	bindsUp(): Readonly<Record<string, number>>;
	measureState(): void;
	logState(): void;
	/** Publishes what it receives from the lanes, for operators of the gateway. */
	publishLanes(): Promise<void>;
	/** Stops sending and receiving, waits for records, and releases the binds. */
	stop(): Promise<void>;
};

type Environment = z.output<typeof smppEnv>;

type LinkTelemetry = Instruments & { readonly log: Log; readonly counter: Counter };

export function openOperatorLinksOnAws(env: Environment, { log, metrics, counter }: LinkTelemetry): OperatorLinks {
	const isBatchPaused = (batchId: number) => switches.isBatchPaused(batchId);
	const deps = depsOnAws(env, { log, metrics, counter }, isBatchPaused);
	const switches = watchSwitches(
		dynamoSwitches(dynamoClient(), env.LEASES_TABLE),
		deps.leaseDeps.terms.heartbeatMs,
		(operator) => open.find((one) => one.operator === operator)?.operatorSender.wake(),
		log,
	);
	const open = operators.flatMap((operator) => {
		const smsc = env.SMSCS[operator];
		if (smsc === undefined) return [];
		return [openLink(operator, smsc, () => switches.isPaused(operator), env, deps)];
	});
	return {
		count: open.length,
		get started() {
			return switches.known;
		},
		bindsUp: () =>
			Object.fromEntries(
				open.map(({ operator, operatorSender }) => {
					const { leasedBinds } = operatorSender.state();
					return [operator, leasedBinds.filter(({ bound }) => bound).length];
				}),
			),
		measureState() {
			for (const { operator, operatorSender } of open) {
				measureState(operator, operatorSender.state(), metrics);
				measureWaiting(operator, operatorSender.waiting(), metrics);
			}
		},
		logState() {
			for (const { operator, operatorSender } of open) logState(operator, operatorSender.state(), log);
		},
		async publishLanes() {
			await Promise.all(
				open.map(async ({ operator, operatorSender }) => await publish(operator, operatorSender, deps)),
			);
		},
		async stop() {
			switches.stop();
			const stopped = open.map(async ({ operatorSender, intake }) => {
				await operatorSender.stop();
				await intake.drained();
			});
			await Promise.all(stopped);
		},
	};
}

function openLink(
	operator: Operator,
	smsc: SmscSettings,
	isPaused: () => boolean,
	env: Environment,
	{ log, metrics, ...deps }: ReturnType<typeof depsOnAws>,
) {
	const { binds, tps, window, errors, submit: style } = smsc;
	const recent = recentSubmits();
	const intake = deliverSmIntake(
		receiptsIntake(operator, deps.receipts, Date.now, log, { recent, forms: deps.receiptForms }),
		moIntake(operator, deps.incoming),
	);
	const login = { ...smsc, password: env.SMSC_PASSWORDS[operator] ?? "" };
	const logEvent = (event: string, details: object) => log.info(event, { operator, ...details });
	const operatorSender = openOperatorSender({
		...deps,
		...{ operator, binds, tps, window, errors, style, isPaused, log },
		openBind: (hooks) => {
			const bind = keepBind(login, { ...hooks, onDeliver: intake.accept, log: logEvent }, bindLimitsOf(smsc));
			return instrumentedBind(recent.watch(bind), operator, metrics, () => performance.now());
		},
		drainMs: defaultBindLimits.drainMs,
		visibilitySeconds: env.LANE_VISIBILITY_SECONDS,
	});
	return { operator, operatorSender, intake };
}

/** Longer than from one note to the next, so that a note outlives an idle hour of its task, and not the task for long. */
const noteValidMs = 10 * 60_000;

async function publish(
	operator: Operator,
	operatorSender: OperatorSender,
	{ leaseDeps: { leases, holder, now, log } }: ReturnType<typeof depsOnAws>,
): Promise<void> {
	const note = operatorSender.laneNote();
	if (note === null) return;
	try {
		await leases.hold(receivedLease(operator), holder, now(), now() + noteValidMs, JSON.stringify(note));
	} catch (err) {
		log.warn("lane_note.write_failed", { operator, err });
	}
}

function bindLimitsOf({ response_seconds, enquire_link_seconds }: SmscSettings) {
	return {
		...defaultBindLimits,
		...(response_seconds && { answerMs: response_seconds * 1_000 }),
		...(enquire_link_seconds && { idleMs: enquire_link_seconds * 1_000 }),
	};
}

function depsOnAws(
	env: Environment,
	{ log, metrics, counter }: LinkTelemetry,
	isBatchPaused: (batchId: number) => boolean,
) {
	const [dynamo, sqs] = [dynamoClient(), sqsClient()];
	const receiptForms = formsOf(dynamoReceiptForms(dynamo, env.SUBMISSIONS_TABLE), Date.now, log);
	const stores = {
		messages: countedMessages(
			instrumentedMessages(dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log), { log, metrics }, "smpp"),
			counter,
		),
		reportBatches: dynamoReportBatches(dynamo, env.REPORTS_TABLE, log),
		submissions: recordedById(dynamoSubmissions(dynamo, env.SUBMISSIONS_TABLE, Date.now, log), receiptForms),
		slots: slotsOnAws(dynamo, env, log),
		reports: sqsReports(sqs, env.REPORTS_QUEUE_URL),
		newReportBatchId: randomUUID,
		now: Date.now,
	};
	return {
		...{ log, metrics },
		picking: { ...stores, isBatchPaused },
		recording: stores,
		source: sqsLaneSource(sqs, sqsPollingClient(), env.LANE_QUEUE_URLS, log),
		receipts: sqsReceipts(sqs, env.RECEIPTS_QUEUE_URL),
		receiptForms,
		incoming: {
			queue: sqsIncoming(sqs, env.INCOMING_QUEUE_URL),
			newPartId: randomMessageId,
			idKey: env.MESSAGE_ID_KEY,
			now: Date.now,
			log,
		},
		leaseDeps: {
			leases: dynamoLeases(dynamo, env.LEASES_TABLE, log),
			holder: randomUUID(),
			terms: leaseTerms(env.LEASE_SECONDS),
			now: Date.now,
			monotonic: () => performance.now(),
			log,
		},
	};
}
