import { once } from "node:events";
import { connect } from "node:net";
import { loopback } from "#local/wire/listen.ts";
import { openSession, type Session } from "#smpp/session/session.ts";
import { defaultSessionLimits } from "#smpp/session/session-limits.ts";
import type { RequestPdu } from "#smpp/wire/pdu.ts";

export type SmppTarget = { readonly smppPort: number; readonly user: string; readonly password: string };

/**
 * A client's transceiver session that confirms every request.
 * @throws Error if the bind is refused.
 */
export async function boundEsme(
	target: SmppTarget,
	onRequest: (pdu: RequestPdu) => void = () => undefined,
): Promise<Session> {
	const socket = connect(target.smppPort, loopback);
	await once(socket, "connect");
	const session = openSession(socket, {
		side: "esme",
		limits: defaultSessionLimits,
		serve(pdu) {
			onRequest(pdu);
			return { command_status: 0, fields: { message_id: "" } };
		},
		log: () => undefined,
		now: () => performance.now(),
	});
	const fields = { system_id: target.user, password: target.password, interface_version: 0x34 };
	const outcome = await session.request({ command: "bind_transceiver", fields });
	if (outcome.kind !== "answered" || outcome.response.command_status !== 0) {
		throw new Error(
			`bind_transceiver: ${outcome.kind === "answered" ? outcome.response.command_status : outcome.kind}`,
		);
	}
	return session;
}

/** Submits a message. Returns the milliseconds to its response. @throws Error for a status other than 0. */
export async function submitTo(session: Session, recipient: string, short_message: Buffer): Promise<number> {
	const startedAt = performance.now();
	const fields = { source_addr: "SMSGW", destination_addr: recipient, registered_delivery: 1, short_message };
	const outcome = await session.request({ command: "submit_sm", fields });
	if (outcome.kind !== "answered" || outcome.response.command_status !== 0) {
		throw new Error(`submit_sm: ${outcome.kind === "answered" ? outcome.response.command_status : outcome.kind}`);
	}
	return performance.now() - startedAt;
}
