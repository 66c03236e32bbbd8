import type { AnswerCheck } from "./check.ts";
import { type Difference, equals, firstOf, isOneOf, matches, statusIs } from "./differences.ts";
import { fieldOf, idFrom, type Kit, type KitAnswer } from "./exchange.ts";
import { receiptedSteps, receiptFor } from "./smpp-receipts.ts";
import { longText, textSent } from "./steps.ts";

/** Statuses of SMPP 3.4, section 5.1.3. */
const status = {
	unknownCommand: 3,
	notBound: 4,
	foreignSender: 10,
	badRecipient: 11,
	bindRefused: [13, 14, 15],
} as const;

const messageTypeBits = 0x3c;
const receiptType = 0x04;
const receiptText = /^id:\S+ sub:\d{3} dlvrd:\d{3} submit date:\d{10} done date:\d{10} stat:[A-Z]{7} err:\w{3} text:/i;
/** The values of message_state, by the state in a receipt's text. */
const messageStates: Readonly<Record<string, number>> = {
	DELIVRD: 2,
	EXPIRED: 3,
	DELETED: 4,
	UNDELIV: 5,
	ACCEPTD: 6,
	UNKNOWN: 7,
	REJECTD: 8,
};

const answers = ({ json }: KitAnswer, command: string) => equals("the answer", fieldOf(json, "command"), command);

const answeredBy = (step: string, command: string, wanted: number): AnswerCheck => ({
	point: "R5",
	step,
	differs: (answer) => firstOf(answers(answer, command), statusIs(answer, wanted)),
});

const isAccepted = (answer: KitAnswer): Difference =>
	firstOf(
		answers(answer, "submit_sm_resp"),
		statusIs(answer, 0),
		matches("message_id", fieldOf(answer.json, "message_id"), /\S/, "an id"),
	);

const accepted = (step: string): AnswerCheck => ({ point: "R5", step, differs: isAccepted });

/** What one receipt lacks, checked for each message that was accepted. */
const inReceipts = (
	point: AnswerCheck["point"],
	differs: (receipt: unknown, id: string) => Difference,
): AnswerCheck => ({
	point,
	step: "smpp receipts",
	differs: ({ json }, kit) =>
		firstOf(
			...idsOf(kit).map((id) => {
				const receipt = receiptFor(fieldOf(json, "deliver_sm"), id);
				return receipt === undefined ? `there is no receipt with the id ${id}` : differs(receipt, id);
			}),
		),
});

const idsOf = (kit: Kit) => receiptedSteps.flatMap((step) => idFrom(kit, step, "message_id") ?? []);

const readBy = (step: string, of: string, text: string, segments: number): AnswerCheck => ({
	point: "A47",
	step,
	differs: (answer, kit) =>
		firstOf(
			statusIs(answer, 200),
			equals("message_id", String(fieldOf(answer.json, "message_id")), idFrom(kit, of, "message_id")),
			equals("message_text", fieldOf(answer.json, "message_text"), text),
			equals("segment_count", fieldOf(answer.json, "segment_count"), segments),
		),
});

/** Checks of what a gateway answers to an ESME. */
export const smppChecks: readonly AnswerCheck[] = [
	answeredBy("smpp not bound", "submit_sm_resp", status.notBound),
	{
		point: "R5",
		step: "smpp wrong password",
		differs: (answer) =>
			firstOf(
				answers(answer, "bind_transceiver_resp"),
				isOneOf("the command_status", answer.status, status.bindRefused),
			),
	},
	answeredBy("smpp bind", "bind_transceiver_resp", 0),
	answeredBy("smpp enquire_link", "enquire_link_resp", 0),
	answeredBy("smpp unknown command", "generic_nack", status.unknownCommand),
	{ point: "A47", step: "smpp bad recipient", differs: (answer) => statusIs(answer, status.badRecipient) },
	{ point: "A47", step: "smpp foreign sender", differs: (answer) => statusIs(answer, status.foreignSender) },
	...receiptedSteps.map(accepted),
	inReceipts("R5", (receipt) =>
		equals("the message type in esm_class", Number(fieldOf(receipt, "esm_class")) & messageTypeBits, receiptType),
	),
	inReceipts("A47", (receipt) =>
		matches("short_message", fieldOf(receipt, "short_message"), receiptText, "a receipt of SMPP 3.4, appendix B"),
	),
	inReceipts("A47", (receipt, id) => {
		const [, state = ""] = / stat:(\w+)/.exec(String(fieldOf(receipt, "short_message"))) ?? [];
		return firstOf(
			equals("receipted_message_id", fieldOf(receipt, "receipted_message_id"), id),
			equals("message_state", fieldOf(receipt, "message_state"), messageStates[state]),
		);
	}),
	answeredBy("smpp unbind", "unbind_resp", 0),
	readBy("smpp message, read", "smpp message", textSent, 1),
	readBy("smpp long message, read", "smpp long message", longText, 2),
];
