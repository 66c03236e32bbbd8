import { Refusal } from "#shared/domain/message/refusal.ts";
import { esmClass } from "#smpp/wire/esm-class.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { type TlvName, tlvBytes, tlvNumber } from "#smpp/wire/tlvs.ts";

export type SubmitPdu = Pdu<"submit_sm" | "submit_multi" | "data_sm">;

/**
 * Refuses what a client may ask for and the gateway does not carry to the handset. docs/smpp-guide.md has every field.
 * @throws Refusal that names the field.
 */
export function refuseUncarried(pdu: SubmitPdu): void {
	checkMode(pdu);
	checkServiceType(pdu.fields.service_type);
	if ("protocol_id" in pdu.fields && pdu.fields.protocol_id !== 0) {
		throw new Refusal("69", { field: "protocol_id", detail: `protocol_id ${pdu.fields.protocol_id} is not supported` });
	}
	for (const [name, neutral] of uncarriedTlvs) {
		const value = tlvBytes(pdu, name);
		if (value !== undefined && (neutral === null || tlvNumber(pdu, name) !== neutral))
			throw new Refusal("193", { field: name, detail: `${name} is not supported` });
	}
}

/** Only the default mode and store and forward, and only plain messages without a reply path (section 5.2.12). */
function checkMode({ fields }: SubmitPdu): void {
	const mode = fields.esm_class & esmClass.modeBits;
	const isPlain = (fields.esm_class & (esmClass.typeBits | esmClass.replyPath)) === 0;
	if (!isPlain || (mode !== 0 && mode !== esmClass.storeAndForward)) throw new Refusal("67", { field: "esm_class" });
	if (!("replace_if_present_flag" in fields)) return;
	const { replace_if_present_flag: replaces, sm_default_msg_id: defaultMessageId } = fields;
	if (replaces !== 0) throw new Refusal(replaces === 1 ? "66" : "84", { field: "replace_if_present_flag" });
	if (defaultMessageId !== 0) throw new Refusal("99", { field: "sm_default_msg_id" });
}

/** Services that are no text message to a handset (section 5.2.11). Any other name is a label. */
const otherServices: readonly string[] = ["CPT", "VMN", "VMA", "WAP", "USSD"];
/** The room of the field without its NUL. */
const serviceTypeMax = 5;

function checkServiceType(serviceType: string): void {
	if (otherServices.includes(serviceType.toUpperCase()) || serviceType.length > serviceTypeMax)
		throw new Refusal("21", {
			field: "service_type",
			detail: `service_type ${serviceType.slice(0, 8)} is not supported`,
		});
}

/** TLVs that change what the handset does (section 5.3.2), each with the value that changes nothing; null: none does. */
const uncarriedTlvs: readonly (readonly [TlvName, number | null])[] = [
	["alert_on_message_delivery", null],
	["callback_num", null],
	["callback_num_atag", null],
	["callback_num_pres_ind", null],
	["dest_addr_subunit", 0],
	["dest_subaddress", null],
	["dest_telematics_id", 0],
	["dest_port", null],
	["display_time", 1],
	["its_reply_type", null],
	["its_session_info", null],
	["ms_msg_wait_facilities", null],
	["ms_validity", null],
	["number_of_messages", null],
	["payload_type", 0],
	["privacy_indicator", 0],
	["set_dpf", 0],
	["sms_signal", null],
	["source_port", null],
	["source_subaddress", null],
	["source_telematics_id", 0],
	["user_response_code", null],
	["ussd_service_op", null],
];
