import type { FieldsOf } from "#smpp/wire/pdu.ts";

const source = { source_addr_ton: 5, source_addr_npi: 0, source_addr: "SMSGW" };
const destination = { dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: "77011234567" };
const bind = {
	system_id: "smsgw",
	password: "local",
	system_type: "",
	interface_version: 0x34,
	addr_ton: 0,
	addr_npi: 0,
	address_range: "",
};
const handling = {
	esm_class: 0x40,
	protocol_id: 0,
	priority_flag: 1,
	schedule_delivery_time: "",
	validity_period: "261123000751020+",
	registered_delivery: 1,
	replace_if_present_flag: 0,
	data_coding: 8,
	sm_default_msg_id: 0,
	short_message: Buffer.from("050003a90201041f044004380432", "hex"),
};
const message = { service_type: "", ...source, ...destination, ...handling };

/** Sample values for each field of each command. A missing field does not compile. */
export const sampleFields: FieldsOf = {
	bind_receiver: bind,
	bind_transmitter: bind,
	bind_transceiver: bind,
	outbind: { system_id: "smsc", password: "p" },
	unbind: {},
	submit_sm: message,
	submit_multi: {
		service_type: "",
		...source,
		dest_address: [destination, { dl_name: "all" }],
		...handling,
	},
	deliver_sm: message,
	data_sm: { service_type: "", ...source, ...destination, esm_class: 0, registered_delivery: 1, data_coding: 0 },
	query_sm: { message_id: "Smsc2001", ...source },
	cancel_sm: { service_type: "", message_id: "Smsc2001", ...source, ...destination },
	replace_sm: {
		message_id: "Smsc2001",
		...source,
		schedule_delivery_time: "",
		validity_period: "",
		registered_delivery: 1,
		sm_default_msg_id: 0,
		short_message: Buffer.from("text"),
	},
	enquire_link: {},
	alert_notification: { ...source, esme_addr_ton: 1, esme_addr_npi: 1, esme_addr: "77011234567" },
	bind_receiver_resp: { system_id: "smsc" },
	bind_transmitter_resp: { system_id: "smsc" },
	bind_transceiver_resp: { system_id: "smsc" },
	unbind_resp: {},
	submit_sm_resp: { message_id: "0".repeat(64) },
	submit_multi_resp: { message_id: "Smsc2001", unsuccess_sme: [{ ...destination, error_status_code: 0xfffffffe }] },
	deliver_sm_resp: { message_id: "" },
	data_sm_resp: { message_id: "Smsc2001" },
	query_sm_resp: { message_id: "Smsc2001", final_date: "", message_state: 2, error_code: 0 },
	cancel_sm_resp: {},
	replace_sm_resp: {},
	enquire_link_resp: {},
	generic_nack: {},
};

/** A PDU of any command_id and body, with the correct command_length. */
export function rawPdu(commandId: number, body: Buffer | string = "", sequenceNumber = 7, commandStatus = 0): Buffer {
	const octets = typeof body === "string" ? Buffer.from(body, "latin1") : body;
	const header = Buffer.alloc(16);
	header.writeUInt32BE(16 + octets.length, 0);
	header.writeUInt32BE(commandId, 4);
	header.writeUInt32BE(commandStatus, 8);
	header.writeUInt32BE(sequenceNumber, 12);
	return Buffer.concat([header, octets]);
}
