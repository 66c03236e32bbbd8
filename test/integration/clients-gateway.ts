import { randomUUID, scryptSync } from "node:crypto";
import { connect as netConnect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { Account, SmppAccess } from "#shared/domain/accounts/account.ts";
import { authenticator } from "#shared/usecases/accounts/authenticate.ts";
import { accountLimits } from "#shared/usecases/limits/limit-account.ts";
import type { MessageStore } from "#shared/usecases/message/message-store.ts";
import { bindAdmission } from "#smpp/clients/bind-admission.ts";
import { type ClientServerOptions, openClientServer } from "#smpp/clients/client-server.ts";
import type { Receiver } from "#smpp/clients/receiver.ts";
import { openSessionLeases } from "#smpp/clients/session-leases.ts";
import { openSubmitIntake } from "#smpp/clients/submit-intake.ts";
import { openSession, type Session } from "#smpp/session/session.ts";
import { defaultSessionLimits } from "#smpp/session/session-limits.ts";
import type { FieldsOf, Tlv } from "#smpp/wire/pdu.ts";
import { anAccount } from "#test/fakes/builders.ts";
import { memoryCounter } from "#test/fakes/memory-counter.ts";
import { memoryLeases } from "#test/fakes/memory-leases.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { discardedMetrics } from "#test/fakes/memory-metrics.ts";
import { memoryNumbers } from "#test/fakes/memory-numbers.ts";
import {
	memoryBatches,
	memoryCredentials,
	memoryLanes,
	memoryLog,
	memoryQuotas,
	memoryReportBatches,
	memoryReports,
	memorySlots,
	stoppedClock,
} from "#test/fakes/memory-stores.ts";

export const usualAccess: SmppAccess = {
	bindsMax: 4,
	windowMax: 50,
	networks: null,
	reportsQueueUrl: null,
	reportsBy: "smpp",
};

export function aClientAccount(parts: Partial<Account> = {}, smpp: Partial<SmppAccess> | null = {}): Account {
	return anAccount({ userName: "demo", smpp: smpp === null ? null : { ...usualAccess, ...smpp }, ...parts });
}

type Overrides = Partial<Pick<ClientServerOptions, "sessionLimits" | "connections">> & {
	readonly accounts?: readonly Account[];
	readonly tls?: { readonly cert: string; readonly key: string };
	readonly leases?: ReturnType<typeof memoryLeases>;
	/** Wraps the gateway's message store. */
	readonly around?: (messages: MessageStore) => MessageStore;
};

/**
 * The SMPP listeners for clients, on free ports, over stores in memory. Every account's password is `secret`. Stops
 * after the test.
 */
export async function aClientsGateway(overrides: Overrides = {}) {
	const { accounts = [aClientAccount()], tls, sessionLimits, connections, leases = memoryLeases() } = overrides;
	const now = stoppedClock();
	const salt = Buffer.from("salt");
	const hash = scryptSync("secret", salt, 32, { N: 2 }).toString("base64");
	const credential = { salt: salt.toString("base64"), hash, cost: 2 };
	const known = new Map(accounts.map((account) => [account.userName, account]));
	const accountStore = { find: async (userName: string) => known.get(userName) ?? null };
	const stored = memoryCredentials(Object.fromEntries(accounts.map(({ userName }) => [userName, [credential]])));
	const credentialReads: string[] = [];
	const credentials = {
		async find(userName: string) {
			credentialReads.push(userName);
			return await stored.find(userName);
		},
	};
	const log = memoryLog();
	const messages = memoryMessages(now);
	const [lanes, slots, reports] = [memoryLanes(), memorySlots(), memoryReports()];
	const gateway = {
		messages: overrides.around?.(messages) ?? messages,
		numbers: memoryNumbers(),
		batches: memoryBatches(now),
		slots,
		lanes,
		reports,
		now,
		idKey: "0123456789abcdef",
		finalTexts: "keep" as const,
		retentionMs: 90 * 24 * 3_600_000,
		newAttempt: randomUUID,
		counter: memoryCounter(),
		log,
	};
	const receivers = new Set<Receiver>();
	const reading = { messages, reportBatches: memoryReportBatches() };
	const clients = await openClientServer({
		listeners: [{ host: "127.0.0.1", port: 0 }, ...(tls ? [{ host: "127.0.0.1", port: 0, tls }] : [])],
		admit: bindAdmission(
			authenticator({ accounts: accountStore, credentials, now }),
			openSessionLeases({ leases, accounts: accountStore, task: randomUUID(), now, log }),
		),
		intake: openSubmitIntake(gateway, log),
		metrics: discardedMetrics,
		limits: accountLimits({ quotas: memoryQuotas(), now }),
		reading,
		withdrawing: { ...reading, reports, newReportBatchId: randomUUID, now },
		receivers: {
			add: (receiver) => void receivers.add(receiver),
			remove: (receiver) => void receivers.delete(receiver),
			stop: async () => undefined,
		},
		now,
		log,
		...(sessionLimits && { sessionLimits }),
		...(connections && { connections }),
	});
	onTestFinished(async () => await clients.stop(200));
	const [port = 0, tlsPort = 0] = clients.ports;
	return {
		...{ clients, port, tlsPort, rows: messages.rows, messages, lanes, slots, reports, receivers, leases, log, now },
		credentialReads,
	};
}

export function aSocketTo(
	port: number,
	options: { readonly allowHalfOpen?: boolean; readonly localAddress?: string } = {},
): Socket {
	const socket = netConnect({ ...options, port, host: "127.0.0.1" });
	socket.on("error", () => undefined);
	onTestFinished(() => void socket.destroy());
	return socket;
}

/** An ESME session of a test client. */
export function anEsme(port: number): Session {
	return openSession(aSocketTo(port), {
		side: "esme",
		limits: defaultSessionLimits,
		serve: () => ({ command_status: 0, fields: { message_id: "" } }),
		log: () => undefined,
		now: () => performance.now(),
	});
}

export const login = { system_id: "demo", password: "secret", interface_version: 0x34 } as const;

/** The same, bound; throws with the command_status if the bind is refused. */
export async function aBoundEsme(port: number, fields: Partial<FieldsOf["bind_transceiver"]> = {}): Promise<Session> {
	const session = anEsme(port);
	const outcome = await session.request({ command: "bind_transceiver", fields: { ...login, ...fields } });
	if (outcome.kind !== "answered" || outcome.response.command_status !== 0) throw new Error(JSON.stringify(outcome));
	return session;
}

export const aSubmit = {
	source_addr: "SMSGW",
	destination_addr: "77010000000",
	registered_delivery: 1,
	short_message: Buffer.from("hello"),
} as const satisfies Partial<FieldsOf["submit_sm"]>;

/** The command_status, message id and TLVs that a submit_sm is answered with. */
export async function submit(session: Session, fields: Partial<FieldsOf["submit_sm"]> = {}, tlvs: readonly Tlv[] = []) {
	const outcome = await session.request({ command: "submit_sm", fields: { ...aSubmit, ...fields }, tlvs });
	if (outcome.kind !== "answered") throw new Error(outcome.kind);
	const { command_status, fields: answered, tlvs: responseTlvs } = outcome.response;
	return { status: command_status, id: "message_id" in answered ? answered.message_id : "", tlvs: responseTlvs };
}
