import { randomUUID } from "node:crypto";
import type { z } from "zod";
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
import type { smppEnv } from "#shared/contracts/environments.ts";
import { randomMessageId } from "#shared/domain/message-id.ts";
import { operators } from "#shared/domain/operators.ts";
import type { Log } from "#shared/ports.ts";
import { type Telling, toldMessages } from "#shared/usecases/told-messages.ts";
import { slotsOnAws } from "#shared/wiring/slots-on-aws.ts";
import { countedBind } from "./counted-bind.ts";
import { deliverIntake } from "./deliver-intake.ts";
import { keepBind, usualBindLimits } from "./keep-bind.ts";
import { leaseTerms } from "./lease-terms.ts";
import { moIntake } from "./mo-intake.ts";
import { openDesk } from "./operator-desk.ts";
import { receiptsIntake } from "./receipts-intake.ts";
import { logState, tellState, tellWaiting } from "./tell-state.ts";
import { watchSwitches } from "./watch-switches.ts";

/** All that goes to the operators and comes from them. */
export type Operators = {
	readonly count: number;
	/** Measures how their binds stand. */
	tellState(): void;
	/** Writes how each bind stands. */
	logState(): void;
	/** Takes in and sends no more, lets what is on its way be recorded, and lets others have the binds. */
	stop(): Promise<void>;
};

type Environment = z.output<typeof smppEnv>;

/** A desk for each operator that has an SMSC, on AWS. */
export function openOperatorsOnAws(env: Environment, { log, metrics }: Telling & { readonly log: Log }): Operators {
	const deps = depsOnAws(env, { log, metrics });
	const switches = watchSwitches(
		dynamoSwitches(dynamoClient(), env.LEASES_TABLE),
		deps.leasing.terms.heartbeatMs,
		(operator) => open.find((one) => one.operator === operator)?.desk.wake(),
		log,
	);
	const open = operators.flatMap((operator) => {
		const smsc = env.SMSCS[operator];
		if (smsc === undefined) return [];
		const { binds, tps, window, errors, submit: style, receipt_ids: _, ...address } = smsc;
		const intake = deliverIntake(
			receiptsIntake(operator, deps.receipts, Date.now, log),
			moIntake(operator, deps.incoming),
		);
		const login = { ...address, password: env.SMSC_PASSWORDS[operator] ?? "" };
		const told = (event: string, details: object) => log.info(event, { operator, ...details });
		const desk = openDesk({
			...deps,
			...{ operator, binds, tps, window, errors, style },
			openBind: (hooks) => {
				const bind = keepBind(login, { ...hooks, onDeliver: intake.accept, log: told });
				return countedBind(bind, operator, metrics, () => performance.now());
			},
			isPaused: () => switches.isPaused(operator),
			drainMs: usualBindLimits.drainMs,
			visibilitySeconds: env.LANE_VISIBILITY_SECONDS,
			log,
		});
		return [{ operator, desk, intake }];
	});
	return {
		count: open.length,
		tellState() {
			for (const { operator, desk } of open) {
				tellState(operator, desk.state(), metrics);
				tellWaiting(operator, desk.waiting(), metrics);
			}
		},
		logState() {
			for (const { operator, desk } of open) logState(operator, desk.state(), log);
		},
		async stop() {
			switches.stop();
			const stopped = open.map(async ({ desk, intake }) => {
				await desk.stop();
				await intake.drained();
			});
			await Promise.all(stopped);
		},
	};
}

/** What all desks work with. */
function depsOnAws(env: Environment, { log, metrics }: Telling & { readonly log: Log }) {
	const [dynamo, sqs] = [dynamoClient(), sqsClient()];
	const stores = {
		messages: toldMessages(dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log), { log, metrics }, "smpp"),
		packs: dynamoPacks(dynamo, env.REPORTS_TABLE, log),
		submissions: dynamoSubmissions(dynamo, env.SUBMISSIONS_TABLE, Date.now, log),
		slots: slotsOnAws(dynamo, env, log),
		reports: sqsReports(sqs, env.REPORTS_QUEUE_URL),
		newPackId: randomUUID,
		now: Date.now,
	};
	return {
		picking: stores,
		recording: stores,
		source: sqsLaneSource(sqs, sqsPollingClient(), env.LANE_QUEUE_URLS, log),
		receipts: sqsReceipts(sqs, env.RECEIPTS_QUEUE_URL),
		incoming: {
			queue: sqsIncoming(sqs, env.INCOMING_QUEUE_URL),
			newPartId: randomMessageId,
			idKey: env.MESSAGE_ID_KEY,
			now: Date.now,
			log,
		},
		leasing: {
			leases: dynamoLeases(dynamo, env.LEASES_TABLE, log),
			holder: randomUUID(),
			terms: leaseTerms(env.LEASE_SECONDS),
			now: Date.now,
			monotonic: () => performance.now(),
			log,
		},
	};
}
