import { env } from "node:process";
import type { LaneUrls } from "#shared/aws/sqs/sqs-lanes.ts";
import { tableName } from "#shared/contracts/resource-names.ts";
import type { Log } from "#shared/log.ts";
import type { RestoreProgress } from "#shared/usecases/restore/walk-table.ts";
import { patchClients } from "../aws/patch-clients.ts";
import { laneQueueUrls, prefix, queueUrl, restoredTable } from "./deployment.ts";
import { environment } from "./environment.ts";

const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Uses setTimeout, which is simulated. */
async function pause(ms: number): Promise<void> {
	await new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * The code under test. The clocks, timers and SDK clients that it reads at load time are already patched
 * (kernel/patch-all.ts).
 */
export async function loadCode() {
	Object.assign(env, environment);
	patchClients();
	const [environments, telemetry, clients, restoring, wiring, pausing, batches, service, ...functions] =
		await Promise.all([
			import("#shared/contracts/environments.ts"),
			import("#shared/wiring/telemetry-on-aws.ts"),
			import("#shared/aws/transport/aws-clients.ts"),
			import("#shared/usecases/restore/restore-stage.ts"),
			import("#shared/wiring/restore-on-aws.ts"),
			import("#shared/usecases/batches/pause-batch.ts"),
			import("#shared/wiring/batches-on-aws.ts"),
			import("#smpp/smpp-service.ts"),
			import("#lambdas/post-message.ts"),
			import("#lambdas/post-batch.ts"),
			import("#lambdas/get-message.ts"),
			import("#lambdas/delete-message.ts"),
			import("#lambdas/get-client-message.ts"),
			import("#lambdas/get-batch.ts"),
			import("#lambdas/get-senders.ts"),
			import("#lambdas/receipts.ts"),
			import("#lambdas/reports.ts"),
			import("#lambdas/incoming.ts"),
			import("#lambdas/check-due.ts"),
			import("#lambdas/lane-dead-letters.ts"),
		]);
	const [postMessage, postBatch, getMessage, deleteMessage, getClientMessage, getBatch, getSenders, ...fed] = functions;
	const [receipts, reports, incoming, checkDue, laneDeadLetters] = fed;
	const envs = environments;

	async function restore(progress: RestoreProgress, restoredTo: number, isStopped: boolean): Promise<void> {
		const stage = wiring.restoreOnAws(
			{
				dynamo: clients.dynamoClient(),
				sqs: clients.sqsClient(),
				table: (role) => tableName(prefix, role),
				restoredTable,
				laneUrls: laneQueueUrls as LaneUrls,
				reportsUrl: queueUrl("reports"),
				incomingUrl: queueUrl("incoming"),
				isStopped,
				log: silentLog,
			},
			{ progress, now: () => performance.now(), pause, rowsPerSecond: 100, pageRows: 20 },
		);
		await restoring.restoreStage(stage, restoredTo);
	}

	async function operateBatch(action: "pause" | "resume", batchId: number): Promise<void> {
		const deps = batches.batchesOnAws({
			dynamo: clients.dynamoClient(),
			dynamoOnce: clients.dynamoClientOnce(),
			sqs: clients.sqsClient(),
			table: (role) => tableName(prefix, role),
			slotsTable: tableName(prefix, "slots"),
			laneUrls: laneQueueUrls as LaneUrls,
			reportsUrl: queueUrl("reports"),
			log: silentLog,
		});
		await (action === "pause" ? pausing.pauseBatch(deps, batchId) : pausing.resumeBatch(deps, batchId));
	}

	return {
		restore,
		operateBatch,
		openSmppService: service.openSmppService,
		telemetryOnAws: telemetry.telemetryOnAws,
		smppEnv: (own: Readonly<Record<string, string>>) => envs.smppEnv.parse({ ...environment, ...own }),
		handlers: {
			"post-message": once(envs.postMessageEnv, postMessage.postMessageHandler),
			"post-batch": once(envs.postBatchEnv, postBatch.postBatchHandler),
			"get-message": once(envs.getMessageEnv, getMessage.getMessageHandler),
			"delete-message": once(envs.deleteMessageEnv, deleteMessage.deleteMessageHandler),
			"get-client-message": once(envs.getClientMessageEnv, getClientMessage.getClientMessageHandler),
			"get-batch": once(envs.getBatchEnv, getBatch.getBatchHandler),
			"get-senders": once(envs.getSendersEnv, getSenders.getSendersHandler),
			receipts: once(envs.receiptsEnv, receipts.receiptsHandler),
			reports: once(envs.reportsEnv, reports.reportsHandler),
			incoming: once(envs.incomingEnv, incoming.incomingHandler),
			"check-due": once(envs.checkDueEnv, checkDue.checkDueHandler),
			"lane-dead-letters": once(envs.laneDeadLettersEnv, laneDeadLetters.laneDeadLettersHandler),
		},
	};
}
export type Code = Awaited<ReturnType<typeof loadCode>>;

/** Creates handlers, one per container. The environment is parsed once for all. */
function once<Env, Handler, Others extends readonly unknown[]>(
	schema: { parse(text: unknown): Env },
	make: (env: Env, ...others: Others) => Handler,
): (...others: Others) => Handler {
	const parsed = schema.parse(environment);
	return (...others) => make(parsed, ...others);
}
