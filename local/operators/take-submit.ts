import smpp, { type PDU } from "smpp";
import type { ChosenOutcomes } from "./chosen-outcomes.ts";
import type { Deliveries } from "./deliveries.ts";
import { type OperatorSession, receives, transmits } from "./operator-session.ts";
import type { PhoneLog } from "./phone-log.ts";
import { behaviourFor, type SimulatedBehaviour, wantsReceipt } from "./simulated-behaviour.ts";
import { receiptFields, type SimulatedReceipt, textBeginning } from "./simulated-receipt.ts";
import type { SubmitLog } from "./submit-log.ts";

export type SimulatedSubmitDeps = {
	readonly operator: string;
	readonly log: SubmitLog;
	readonly phones: Pick<PhoneLog, "received">;
	readonly chosen: Pick<ChosenOutcomes, "take">;
	readonly deliveries: Deliveries;
	readonly nextMessageId: () => string;
};

const { ESME_RINVBNDSTS, ESME_RINVDSTADR, ESME_ROK } = smpp.errors;

/** Stops the library from decoding texts and times by its own tables. */
export function keepSubmitFieldsRaw(): void {
	for (const param of Object.values(smpp.commands["submit_sm"]?.params ?? {})) delete param.filter;
}

/** The used fields of a submit_sm. The library leaves out fields that a truncated PDU lacks. */
function fieldsOf(pdu: PDU) {
	const text = (name: string) => String(pdu[name] ?? "");
	const octet = (name: string) => Number(pdu[name] ?? 0);
	const message = pdu["short_message"];
	return {
		recipient: text("destination_addr"),
		recipientTon: octet("dest_addr_ton"),
		recipientNpi: octet("dest_addr_npi"),
		sender: text("source_addr"),
		senderTon: octet("source_addr_ton"),
		senderNpi: octet("source_addr_npi"),
		esm_class: octet("esm_class"),
		data_coding: octet("data_coding"),
		registered_delivery: octet("registered_delivery"),
		validity_period: text("validity_period"),
		message: Buffer.isBuffer(message) ? message : Buffer.alloc(0),
	};
}

type SubmitFields = ReturnType<typeof fieldsOf>;

function receiptOf(
	submit: SubmitFields,
	messageId: string,
	behaviour: Extract<SimulatedBehaviour, { kind: "receipt" }>,
): SimulatedReceipt {
	const { recipient, recipientTon, recipientNpi, sender, senderTon, senderNpi } = submit;
	return {
		messageId,
		...{ recipient, recipientTon, recipientNpi, sender, senderTon, senderNpi },
		delivered: behaviour.delivered,
		err: behaviour.err,
		submittedAt: Date.now(),
		text: textBeginning(submit.message, submit.esm_class, submit.data_coding),
	};
}

function refusalOf(submit: SubmitFields, behaviour: SimulatedBehaviour, session: OperatorSession): number {
	if (!transmits(session)) return ESME_RINVBNDSTS;
	if (submit.recipient === "") return ESME_RINVDSTADR;
	return behaviour.kind === "refusal" ? behaviour.commandStatus : ESME_ROK;
}

export function takeSubmit(deps: SimulatedSubmitDeps, session: OperatorSession, pdu: PDU): void {
	const submit = fieldsOf(pdu);
	const { recipient, sender, esm_class, data_coding, registered_delivery, validity_period, message } = submit;
	const behaviour = deps.chosen.take(recipient, esm_class, message) ?? behaviourFor(recipient);
	const command_status = refusalOf(submit, behaviour, session);
	const message_id = command_status === ESME_ROK ? deps.nextMessageId() : "";
	const record = {
		...{ operator: deps.operator, at: Date.now(), recipient, sender, esm_class, data_coding },
		short_message_hex: message.toString("hex"),
		...{ message_id, command_status, registered_delivery, validity_period, session: session.number },
	};
	deps.log.add(record);
	deps.phones.received(record, behaviour);
	const answer = pdu.response(command_status === ESME_ROK ? { message_id } : { command_status });
	const wanted =
		command_status === ESME_ROK &&
		behaviour.kind === "receipt" &&
		wantsReceipt(registered_delivery, behaviour.delivered);
	if (!wanted) {
		session.send(answer);
		return;
	}
	const receipt = receiptOf(submit, message_id, behaviour);
	const delivery = { fields: () => receiptFields(receipt) };
	const early = behaviour.beforeResponse && receives(session);
	if (early) deps.deliveries.now(delivery, session);
	session.send(answer);
	if (!early) deps.deliveries.later(delivery);
}
