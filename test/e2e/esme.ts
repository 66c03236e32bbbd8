import { connect } from "node:net";
import type { LocalStack } from "#local/local-stack-options.ts";
import { openSession, type Session } from "#smpp/session/session.ts";
import { defaultSessionLimits } from "#smpp/session/session-limits.ts";
import type { FieldsOf, Pdu, Tlv } from "#smpp/wire/pdu.ts";

/** A client's bound session with the gateway; throws with the command_status if the bind is refused. */
export async function anEsmeOf(
	{ smppPort }: Pick<LocalStack, "smppPort">,
	user = "demo",
	password = user,
	limits = defaultSessionLimits,
	onDeliver: (pdu: Pdu<"deliver_sm">) => void = () => undefined,
): Promise<Session> {
	const session = openSession(connect(smppPort, "127.0.0.1"), {
		side: "esme",
		limits,
		serve: (pdu) => {
			if (pdu.command === "deliver_sm") onDeliver(pdu);
			return { command_status: 0, fields: { message_id: "" } };
		},
		log: () => undefined,
		now: () => performance.now(),
	});
	const fields = { system_id: user, password, interface_version: 0x34 };
	const outcome = await session.request({ command: "bind_transceiver", fields });
	if (outcome.kind !== "answered") throw new Error(outcome.kind);
	if (outcome.response.command_status !== 0) throw new Error(String(outcome.response.command_status));
	return session;
}

const usual = {
	source_addr: "SMSGW",
	destination_addr: "77010000000",
	registered_delivery: 1,
	short_message: Buffer.from("hello"),
};

/** The command_status and message id that a submit_sm is answered with. */
export async function submitByEsme(
	session: Session,
	fields: Partial<FieldsOf["submit_sm"]> = {},
	tlvs: readonly Tlv[] = [],
) {
	const outcome = await session.request({ command: "submit_sm", fields: { ...usual, ...fields }, tlvs });
	if (outcome.kind !== "answered") throw new Error(outcome.kind);
	const { command_status: status, fields: answered } = outcome.response;
	return { status, id: "message_id" in answered ? answered.message_id : "" };
}
