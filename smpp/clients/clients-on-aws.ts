import { randomUUID } from "node:crypto";
import { dynamoClient } from "#shared/aws/clients.ts";
import { dynamoAccounts } from "#shared/aws/dynamo-accounts.ts";
import { dynamoLeases } from "#shared/aws/dynamo-leases.ts";
import { dynamoPacks } from "#shared/aws/dynamo-packs.ts";
import type { Log, Metrics } from "#shared/ports.ts";
import type { Acceptance } from "#shared/usecases/accept-messages.ts";
import { acceptanceOnAws } from "#shared/wiring/acceptance-on-aws.ts";
import { doorkeeperOnAws } from "#shared/wiring/doorkeeper-on-aws.ts";
import { limitsOnAws } from "#shared/wiring/limits-on-aws.ts";
import { admission } from "./admission.ts";
import { bindSeats } from "./bind-seats.ts";
import { openIntake } from "./intake.ts";
import { type Clients, openClients } from "./open-clients.ts";
import type { DoorSettings } from "./open-door.ts";
import type { Receivers } from "./receivers.ts";

type Environment = Parameters<typeof acceptanceOnAws>[0] &
	Parameters<typeof doorkeeperOnAws>[0] &
	Parameters<typeof limitsOnAws>[0] & {
		readonly REPORTS_TABLE: string;
		readonly LEASES_TABLE: string;
		readonly SMPP_HOST?: string | undefined;
		readonly SMPP_PORT: number;
		readonly SMPP_TLS_PORT: number;
		readonly SMPP_TLS?: NonNullable<DoorSettings["tls"]> | undefined;
	};

/** A message that has no id of its client's is never another one's duplicate: so there is no batch to ask of. */
const noBatches: Acceptance["batches"] = {
	find: async () => await Promise.reject(new Error("a message by SMPP is of no batch")),
	replace: async () => await Promise.reject(new Error("a message by SMPP is of no batch")),
};

type ClientsTelling = { readonly log: Log; readonly metrics: Metrics };

/** The doors to clients, and what is behind them, on AWS. */
export async function openClientsOnAws(
	env: Environment,
	receivers: Receivers,
	telling: ClientsTelling,
): Promise<Clients> {
	const { log, metrics } = telling;
	const dynamo = dynamoClient();
	const gateway = acceptanceOnAws(env, telling, "smpp");
	const accounts = dynamoAccounts(dynamo, env.ACCOUNTS_TABLE);
	const leases = dynamoLeases(dynamo, env.LEASES_TABLE, log);
	const seats = bindSeats({ leases, accounts, task: randomUUID(), now: Date.now, log });
	const reading = { messages: gateway.messages, packs: dynamoPacks(dynamo, env.REPORTS_TABLE, log) };
	const { SMPP_HOST: host, SMPP_PORT: port, SMPP_TLS_PORT, SMPP_TLS: tls } = env;
	return await openClients({
		doors: [{ host, port }, ...(tls === undefined ? [] : [{ host, port: SMPP_TLS_PORT, tls }])],
		admit: admission(doorkeeperOnAws(env), seats),
		intake: openIntake({ ...gateway, batches: noBatches }, log),
		limits: limitsOnAws(env),
		reading,
		withdrawing: { ...reading, reports: gateway.reports, newPackId: randomUUID, now: Date.now },
		receivers,
		now: Date.now,
		metrics,
		log,
	});
}
