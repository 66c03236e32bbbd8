import { randomBytes, randomUUID } from "node:crypto";
import { dynamoAccounts } from "#shared/aws/dynamo/dynamo-accounts.ts";
import { dynamoLeases } from "#shared/aws/dynamo/dynamo-leases.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { dynamoClient } from "#shared/aws/transport/aws-clients.ts";
import type { Log } from "#shared/log.ts";
import type { Metrics } from "#shared/metrics.ts";
import type { AcceptDeps } from "#shared/usecases/accept/accept-messages.ts";
import type { Counter } from "#shared/usecases/counts/counter.ts";
import { acceptanceOnAws } from "#shared/wiring/acceptance-on-aws.ts";
import { authenticatorOnAws } from "#shared/wiring/authenticator-on-aws.ts";
import { limitsOnAws } from "#shared/wiring/limits-on-aws.ts";
import { bindAdmission } from "./bind-admission.ts";
import type { ListenerSettings } from "./client-listener.ts";
import { type ClientServer, openClientServer } from "./client-server.ts";
import type { Receivers } from "./receivers.ts";
import { openSessionLeases } from "./session-leases.ts";
import { openSubmitIntake } from "./submit-intake.ts";

type Environment = Parameters<typeof acceptanceOnAws>[0] &
	Parameters<typeof authenticatorOnAws>[0] &
	Parameters<typeof limitsOnAws>[0] & {
		readonly REPORTS_TABLE: string;
		readonly LEASES_TABLE: string;
		readonly SMPP_HOST?: string | undefined;
		readonly SMPP_PORT: number;
		readonly SMPP_TLS_PORT: number;
		readonly SMPP_TLS?: NonNullable<ListenerSettings["tls"]> | undefined;
	};

/** Messages by SMPP have no client_message_id, so they are never part of a batch. */
const noBatches: AcceptDeps["batches"] = {
	find: async () => await Promise.reject(new Error("a message by SMPP has no batch")),
	replace: async () => await Promise.reject(new Error("a message by SMPP has no batch")),
};

type ClientServerTelemetry = { readonly log: Log; readonly metrics: Metrics; readonly counter: Counter };

export async function openClientServerOnAws(
	env: Environment,
	receivers: Receivers,
	telemetry: ClientServerTelemetry,
): Promise<ClientServer> {
	const { log, metrics } = telemetry;
	const dynamo = dynamoClient();
	const gateway = acceptanceOnAws(env, telemetry, "smpp");
	const accounts = dynamoAccounts(dynamo, env.ACCOUNTS_TABLE);
	const leases = dynamoLeases(dynamo, env.LEASES_TABLE, log);
	const sessionLeases = openSessionLeases({
		leases,
		accounts,
		task: randomBytes(8).toString("base64url"),
		now: Date.now,
		log,
	});
	const reading = { messages: gateway.messages, reportBatches: dynamoReportBatches(dynamo, env.REPORTS_TABLE, log) };
	const { SMPP_HOST: host, SMPP_PORT: port, SMPP_TLS_PORT, SMPP_TLS: tls } = env;
	return await openClientServer({
		listeners: [{ host, port }, ...(tls === undefined ? [] : [{ host, port: SMPP_TLS_PORT, tls }])],
		admit: bindAdmission(authenticatorOnAws(env), sessionLeases),
		intake: openSubmitIntake({ ...gateway, batches: noBatches }, log),
		limits: limitsOnAws(env),
		reading,
		withdrawing: { ...reading, reports: gateway.reports, newReportBatchId: randomUUID, now: Date.now },
		receivers,
		now: Date.now,
		metrics,
		log,
	});
}
