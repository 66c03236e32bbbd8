import { createServer, type Socket } from "node:net";
import { nextOrder, report } from "#local/processes/orders.ts";
import { listen } from "#local/wire/listen.ts";
import type { Answer } from "#smpp/session/serving.ts";
import { openSession, type Session } from "#smpp/session/session.ts";
import { usualLimits } from "#smpp/session/session-limits.ts";
import type { Pdu, RequestPdu } from "#smpp/wire/pdu.ts";
import { clockMs } from "./clock.ts";

/** An SMSC that takes everything at once and says that it was delivered after a set delay: far faster than what is measured. */

export type SmscOrder =
	/** Begins to count anew; receipts come so long after their submits from now on. */
	| { readonly kind: "reset"; readonly receiptDelayMs: number }
	| { readonly kind: "count" }
	/** When each recipient's message came. */
	| { readonly kind: "times" };

export type SmscCount = { readonly messages: number; readonly repeats: number; readonly lastAt: number };

const receiptsInFlightMax = 1_000;
const tickMs = 2;

type Due = { readonly at: number; readonly id: number; readonly fields: Pdu<"submit_sm">["fields"] };

let firstAt = new Map<string, number>();
let repeats = 0;
let lastAt = 0;
let lastId = 0;
let receiptDelayMs = 0;
const due: Due[] = [];
const sessions = new Set<Session>();

function serve(pdu: RequestPdu): Answer {
	if (pdu.command !== "submit_sm") {
		return { command_status: 0, fields: pdu.command.startsWith("bind") ? { system_id: "bench" } : {} };
	}
	lastAt = clockMs();
	lastId += 1;
	const recipient = pdu.fields.destination_addr;
	if (firstAt.has(recipient)) repeats += 1;
	else firstAt.set(recipient, lastAt);
	if (pdu.fields.registered_delivery !== 0) due.push({ at: lastAt + receiptDelayMs, id: lastId, fields: pdu.fields });
	return { command_status: 0, fields: { message_id: String(lastId) } };
}

function take(socket: Socket): void {
	const session = openSession(socket, {
		side: "smsc",
		limits: { ...usualLimits, servingMax: 10_000 },
		serve,
		onBound: () => void sessions.add(session),
		log: () => undefined,
		now: () => performance.now(),
	});
	void session.ended.then(() => sessions.delete(session));
}

function sendReceipts(): void {
	const now = clockMs();
	const [session] = sessions;
	while (session !== undefined && due[0] !== undefined && due[0].at <= now) {
		if (session.inFlight >= receiptsInFlightMax) return;
		const next = due.shift();
		if (next !== undefined) void session.request({ command: "deliver_sm", fields: receiptOf(next) });
	}
}

function receiptOf({ id, fields }: Due) {
	const short_message = Buffer.from(`id:${id} sub:001 dlvrd:001 stat:DELIVRD err:000 text:`);
	const { destination_addr: source_addr, source_addr: destination_addr } = fields;
	return { source_addr, destination_addr, esm_class: 4, short_message };
}

setInterval(sendReceipts, tickMs);
report({ port: await listen(createServer(take), 0) });
for (;;) {
	const order = await nextOrder<SmscOrder>();
	if (order.kind === "times") report(Object.fromEntries(firstAt));
	if (order.kind === "count") report({ messages: firstAt.size, repeats, lastAt } satisfies SmscCount);
	if (order.kind !== "reset") continue;
	firstAt = new Map();
	repeats = 0;
	receiptDelayMs = order.receiptDelayMs;
	report({});
}
