import { createServer, type Socket } from "node:net";
import { nextCommand, reportToParent } from "#local/processes/parent-commands.ts";
import { listen } from "#local/wire/listen.ts";
import type { SmppResponse } from "#smpp/session/incoming-requests.ts";
import { openSession, type Session } from "#smpp/session/session.ts";
import { defaultSessionLimits } from "#smpp/session/session-limits.ts";
import type { Pdu, RequestPdu } from "#smpp/wire/pdu.ts";
import { clockMs } from "./clock.ts";
import { type SmscCount, smscOrder } from "./peer-messages.ts";
import { receiptsOver } from "./receipts.ts";

/** An SMSC that accepts everything at once and sends DELIVRD after a delay. It is much faster than the gateway. */

/** Delay before an unconfirmed receipt is sent again. */
const resendAfterMs = 1_000;

let receivedAt = new Map<string, number>();
let repeats = 0;
let resentBefore = 0;
let firstAt = 0;
let lastAt = 0;
let lastId = 0;
let withReceipts = true;
const sessions = new Set<Session>();
const receipts = receiptsOver(sessions, resendAfterMs);

function serve(pdu: RequestPdu): SmppResponse {
	if (pdu.command !== "submit_sm") {
		return { command_status: 0, fields: pdu.command.startsWith("bind") ? { system_id: "bench" } : {} };
	}
	lastAt = clockMs();
	firstAt ||= lastAt;
	lastId += 1;
	const recipient = pdu.fields.destination_addr;
	if (receivedAt.has(recipient)) repeats += 1;
	else receivedAt.set(recipient, lastAt);
	if (withReceipts && pdu.fields.registered_delivery !== 0) receipts.schedule(receiptOf(lastId, pdu.fields));
	return { command_status: 0, fields: { message_id: String(lastId) } };
}

function receiptOf(id: number, { destination_addr, source_addr }: Pdu<"submit_sm">["fields"]) {
	const short_message = Buffer.from(`id:${id} sub:001 dlvrd:001 stat:DELIVRD err:000 text:`);
	const fields = { source_addr: destination_addr, destination_addr: source_addr, esm_class: 4, short_message };
	return { command: "deliver_sm", fields } as const;
}

function accept(socket: Socket): void {
	const session = openSession(socket, {
		side: "smsc",
		limits: { ...defaultSessionLimits, servingMax: 10_000 },
		serve,
		onBound() {
			sessions.add(session);
			receipts.pump();
		},
		log: () => undefined,
		now: () => performance.now(),
	});
	void session.ended.then(() => sessions.delete(session));
}

function reset(receiptDelayMs: number | null): void {
	receivedAt = new Map();
	[repeats, firstAt, resentBefore] = [0, 0, receipts.resent];
	withReceipts = receiptDelayMs !== null;
	receipts.setDelay(receiptDelayMs ?? 0);
}

reportToParent({ port: await listen(createServer(accept), 0) });
for (;;) {
	const order = await nextCommand(smscOrder);
	if (order.kind === "times") {
		reportToParent(Object.fromEntries(receivedAt));
		continue;
	}
	if (order.kind === "reset") reset(order.receiptDelayMs);
	const resent = receipts.resent - resentBefore;
	reportToParent({ messages: receivedAt.size, repeats, firstAt, lastAt, resent } satisfies SmscCount);
}
