import { once } from "node:events";
import type { AddressInfo } from "node:net";
import smpp, { type PDU, type Session } from "smpp";
import type { BoundAs } from "#smpp/session/bind-states.ts";
import type { ChosenOutcomes } from "./chosen-outcomes.ts";
import { deliveriesOver } from "./deliveries.ts";
import { type Mo, moDeliveries } from "./mo.ts";
import { type OperatorSession, operatorSession } from "./operator-session.ts";
import type { PhoneLog } from "./phone-log.ts";
import type { SubmitLog } from "./submit-log.ts";
import { keepSubmitFieldsRaw, type SimulatedSubmitDeps, takeSubmit } from "./take-submit.ts";

export type SimulatedOperator = {
	readonly port: number;
	boundCount(): number;
	setReceiptDelay(ms: number): void;
	sendMo(mo: Mo): void;
	close(): Promise<void>;
};

export type SimulatedOperatorDeps = {
	readonly name: string;
	/** 0 for any free one. */
	readonly port: number;
	readonly log: SubmitLog;
	readonly phones: PhoneLog;
	readonly chosen: ChosenOutcomes;
	readonly nextMessageId: () => string;
	readonly receiptDelayMs: number;
};

const credentials = { system_id: "smsgw", password: "local" };
const { ESME_RALYBND, ESME_RBINDFAIL, ESME_RINVPASWD, ESME_ROK } = smpp.errors;

const bindCommands: Readonly<Record<string, BoundAs>> = {
	bind_receiver: "receiver",
	bind_transmitter: "transmitter",
	bind_transceiver: "transceiver",
};

function bindStatus(session: OperatorSession, bind: PDU): number {
	if (session.boundAs !== undefined) return ESME_RALYBND;
	if (bind["system_id"] !== credentials.system_id) return ESME_RBINDFAIL;
	return bind["password"] === credentials.password ? ESME_ROK : ESME_RINVPASWD;
}

function take(deps: SimulatedSubmitDeps, session: OperatorSession, pdu: PDU): void {
	const binds = bindCommands[pdu.command];
	if (pdu.command === "submit_sm") takeSubmit(deps, session, pdu);
	else if (binds !== undefined) {
		const command_status = bindStatus(session, pdu);
		session.send(pdu.response({ command_status, system_id: deps.operator }));
		if (command_status === ESME_ROK) session.boundAs = binds;
		deps.deliveries.pump();
	} else if (!pdu.isResponse()) {
		session.send(pdu.response());
		if (pdu.command === "unbind") session.session.close();
	}
}

/** One simulated SMSC on its own port, with the behaviour of `simulated-behaviour.ts`. */
export async function startSimulatedOperator({
	name,
	port,
	log,
	phones,
	chosen,
	nextMessageId,
	receiptDelayMs,
}: SimulatedOperatorDeps): Promise<SimulatedOperator> {
	const sessions = new Set<OperatorSession>();
	const deliveries = deliveriesOver(sessions, receiptDelayMs);
	const submits = { operator: name, log, phones, chosen, deliveries, nextMessageId };
	keepSubmitFieldsRaw();

	const server = smpp.createServer((accepted: Session) => {
		const session = operatorSession(accepted);
		sessions.add(session);
		accepted.on("pdu", (pdu: PDU) => take(submits, session, pdu));
		// After an error the library's session receives nothing more: the ESME must bind again.
		accepted.on("error", () => accepted.destroy());
		accepted.on("close", () => {
			sessions.delete(session);
			deliveries.sessionClosed(session);
		});
	});
	server.listen(port, "127.0.0.1");
	await once(server, "listening");

	return {
		port: (server.address() as AddressInfo).port,
		boundCount: () => [...sessions].filter(({ boundAs }) => boundAs !== undefined).length,
		setReceiptDelay: (ms) => deliveries.setDelay(ms),
		sendMo(mo) {
			phones.sent(name, mo);
			for (const delivery of moDeliveries(mo)) deliveries.soon(delivery);
		},
		async close() {
			deliveries.stop();
			const closed = once(server, "close");
			server.close();
			for (const { session } of sessions) session.destroy();
			await closed;
		},
	};
}
