// Sends one message by SMPP, waits for its receipt and prints both, with the package smpp (npm install smpp):
// SMSGW_USER=… SMSGW_PASSWORD=… node smpp.mjs RECIPIENT TEXT
import { once } from "node:events";
import smpp from "smpp";

const { SMSGW_SMPP = "127.0.0.1:2775", SMSGW_SENDER = "SMSGW" } = process.env;
const [recipient, text] = process.argv.slice(2);
const session = smpp.connect({ url: `smpp://${SMSGW_SMPP}`, auto_enquire_link_period: 30_000 });
const ask = (pdu) => new Promise((resolve) => session.send(pdu, resolve));
const okay = ({ command_status, ...answer }, what) => {
	if (command_status === 0) return answer;
	console.error(`${what}: status ${command_status}`);
	process.exit(1);
};

session.on("error", (error) => {
	console.error(String(error));
	process.exit(1);
});
// Without an answer the receipt comes again.
const receipt = new Promise((resolve) => {
	session.on("deliver_sm", (pdu) => {
		session.send(pdu.response());
		resolve(pdu.short_message.message);
	});
});
await once(session, "connect");
const { SMSGW_USER: system_id, SMSGW_PASSWORD: password } = process.env;
okay(await ask(new smpp.PDU("bind_transceiver", { system_id, password, interface_version: 0x34 })), "bind");
const { message_id } = okay(
	await ask(
		new smpp.PDU("submit_sm", {
			...{ source_addr_ton: 5, source_addr: SMSGW_SENDER },
			...{ dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: recipient },
			registered_delivery: 1,
			// The gateway cuts a text of any length. UCS-2 carries every letter.
			...{ data_coding: 8, message_payload: Buffer.from(text, "utf16le").swap16() },
		}),
	),
	"submit",
);
console.log(message_id);
console.log(String(await receipt));
await ask(new smpp.PDU("unbind"));
session.close();
