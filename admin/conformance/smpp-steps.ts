import smpp, { type PDU } from "smpp";
import { longText, textSent } from "./steps.ts";

export type SmppAccount = {
	readonly systemId: string;
	readonly password: string;
	readonly sender: string;
	/** Eleven digits: 77010000000. */
	readonly recipient: string;
	/** Makes the wrong password and the foreign sender. */
	readonly runId: string;
};

export type SmppStep = {
	readonly name: string;
	/** Whether a gateway could send a message because of it: such a step needs --send. */
	readonly sends: boolean;
	/** A number is the command_id of a header without a body. */
	readonly request: (account: SmppAccount) => PDU | number;
};

/** SMPP 3.4 reserves this command_id. */
const unknownCommandId = 0xff;
const ucs2Coding = 8;
const udhIndicator = 0x40;
/** TON of a name. */
const alphanumeric = 5;
export const partTexts = ["Проверка сообщения из двух ", "частей."] as const;

const ucs2 = (text: string) => Buffer.from(text, "utf16le").swap16();

const bind = (name: string, password: (account: SmppAccount) => string): SmppStep => ({
	name,
	sends: false,
	request: (account) =>
		new smpp.PDU("bind_transceiver", {
			system_id: account.systemId,
			password: password(account),
			interface_version: 0x34,
		}),
});

type Fields = Readonly<Record<string, unknown>>;

const submit = (name: string, sends: boolean, fields: (account: SmppAccount) => Fields): SmppStep => ({
	name,
	sends,
	request: (account) =>
		new smpp.PDU("submit_sm", {
			source_addr_ton: /\D/.test(account.sender) ? alphanumeric : 0,
			source_addr: account.sender,
			dest_addr_ton: 1,
			dest_addr_npi: 1,
			destination_addr: account.recipient,
			registered_delivery: 1,
			data_coding: ucs2Coding,
			short_message: ucs2(textSent),
			...fields(account),
		}),
});

/** A part, with its number in a user data header. */
const part = (name: string, index: 0 | 1): SmppStep =>
	submit(name, true, ({ runId }) => ({
		esm_class: udhIndicator,
		short_message: Buffer.concat([
			Buffer.of(5, 0, 3, Number.parseInt(runId.slice(0, 2), 16), partTexts.length, index + 1),
			ucs2(partTexts[index]),
		]),
	}));

/** Each on a connection of its own. */
export const unboundSteps: readonly SmppStep[] = [
	submit("smpp not bound", false, () => ({ destination_addr: "7" })),
	bind("smpp wrong password", ({ runId }) => runId.slice(0, 8)),
];

/** On one session, in this order. */
export const boundSteps: readonly SmppStep[] = [
	bind("smpp bind", ({ password }) => password),
	{ name: "smpp enquire_link", sends: false, request: () => new smpp.PDU("enquire_link") },
	{ name: "smpp unknown command", sends: false, request: () => unknownCommandId },
	submit("smpp bad recipient", false, () => ({ destination_addr: "7" })),
	submit("smpp foreign sender", true, ({ runId }) => ({ source_addr: `Zz${runId.slice(0, 8)}` })),
	submit("smpp message", true, () => ({})),
	submit("smpp long message", true, () => ({ short_message: Buffer.of(), message_payload: ucs2(longText) })),
	part("smpp part 1", 0),
	part("smpp part 2", 1),
];

export const unbindStep: SmppStep = { name: "smpp unbind", sends: false, request: () => new smpp.PDU("unbind") };

export const smppSteps: readonly SmppStep[] = [...unboundSteps, ...boundSteps, unbindStep];
