/**
 * Types for the `smpp` package: its tables, and for simulated operators and tests its server, session and PDU class.
 */
declare module "smpp" {
	import type { EventEmitter } from "node:events";
	import type { Server as NetServer, Socket } from "node:net";

	/** Used as an identity only: `smpp/wire/` reads and writes the bytes. */
	type FieldType = { readonly default: unknown };
	type Param = { readonly type: FieldType; filter?: unknown };
	type Command = { readonly id: number; readonly command: string; readonly params?: Record<string, Param> };
	type TlvDefinition = { readonly id: number; readonly tag: string; readonly type: FieldType };

	type PduOptions = { command_status?: number; sequence_number?: number; [field: string]: unknown };

	class PDU {
		constructor(command: string, options?: PduOptions);
		constructor(bytes: Buffer);
		readonly command: string;
		readonly command_id: number;
		command_status: number;
		sequence_number: number;
		readonly [field: string]: unknown;
		isResponse(): boolean;
		response(options?: PduOptions): PDU;
		toBuffer(): Buffer;
	}

	class Session extends EventEmitter {
		readonly socket: Socket;
		/** False if the socket is no longer writable. */
		send(pdu: PDU, answered?: (answer: PDU) => void): boolean;
		close(closed?: () => void): void;
		destroy(closed?: () => void): void;
	}

	class Server extends NetServer {
		readonly sessions: Session[];
	}

	type StatusName =
		| "ESME_ROK"
		| "ESME_RINVMSGLEN"
		| "ESME_RINVCMDLEN"
		| "ESME_RINVCMDID"
		| "ESME_RINVBNDSTS"
		| "ESME_RALYBND"
		| "ESME_RINVPRTFLG"
		| "ESME_RINVREGDLVFLG"
		| "ESME_RSYSERR"
		| "ESME_RINVSRCADR"
		| "ESME_RINVDSTADR"
		| "ESME_RINVMSGID"
		| "ESME_RBINDFAIL"
		| "ESME_RINVPASWD"
		| "ESME_RINVSYSID"
		| "ESME_RCANCELFAIL"
		| "ESME_RREPLACEFAIL"
		| "ESME_RMSGQFUL"
		| "ESME_RINVSERTYP"
		| "ESME_RINVNUMDESTS"
		| "ESME_RINVDLNAME"
		| "ESME_RINVDESTFLAG"
		| "ESME_RINVSUBREP"
		| "ESME_RINVESMCLASS"
		| "ESME_RCNTSUBDL"
		| "ESME_RSUBMITFAIL"
		| "ESME_RINVSRCTON"
		| "ESME_RINVSRCNPI"
		| "ESME_RINVDSTTON"
		| "ESME_RINVDSTNPI"
		| "ESME_RINVSYSTYP"
		| "ESME_RINVREPFLAG"
		| "ESME_RINVNUMMSGS"
		| "ESME_RTHROTTLED"
		| "ESME_RINVSCHED"
		| "ESME_RINVEXPIRY"
		| "ESME_RINVDFTMSGID"
		| "ESME_RX_T_APPN"
		| "ESME_RX_P_APPN"
		| "ESME_RX_R_APPN"
		| "ESME_RQUERYFAIL"
		| "ESME_RINVTLVSTREAM"
		| "ESME_RTLVNOTALLWD"
		| "ESME_RINVTLVLEN"
		| "ESME_RMISSINGTLV"
		| "ESME_RINVTLVVAL"
		| "ESME_RDELIVERYFAILURE"
		| "ESME_RUNKNOWNERR";

	type TlvName =
		| "dest_addr_subunit"
		| "dest_network_type"
		| "dest_bearer_type"
		| "dest_telematics_id"
		| "source_addr_subunit"
		| "source_network_type"
		| "source_bearer_type"
		| "source_telematics_id"
		| "qos_time_to_live"
		| "payload_type"
		| "additional_status_info_text"
		| "receipted_message_id"
		| "ms_msg_wait_facilities"
		| "privacy_indicator"
		| "source_subaddress"
		| "dest_subaddress"
		| "user_message_reference"
		| "user_response_code"
		| "source_port"
		| "dest_port"
		| "sar_msg_ref_num"
		| "language_indicator"
		| "sar_total_segments"
		| "sar_segment_seqnum"
		| "sc_interface_version"
		| "callback_num_pres_ind"
		| "callback_num_atag"
		| "number_of_messages"
		| "callback_num"
		| "dpf_result"
		| "set_dpf"
		| "ms_availability_status"
		| "network_error_code"
		| "message_payload"
		| "delivery_failure_reason"
		| "more_messages_to_send"
		| "message_state"
		| "ussd_service_op"
		| "display_time"
		| "sms_signal"
		| "ms_validity"
		| "alert_on_message_delivery"
		| "its_reply_type"
		| "its_session_info";

	const smpp: {
		readonly commands: Readonly<Record<string, Command>>;
		readonly tlvs: Readonly<Record<TlvName, TlvDefinition>>;
		readonly errors: Readonly<Record<StatusName, number>>;
		readonly types: {
			readonly int8: FieldType;
			readonly cstring: FieldType;
			readonly buffer: FieldType;
			readonly dest_address_array: FieldType;
			readonly unsuccess_sme_array: FieldType;
			readonly tlv: { readonly cstring: FieldType };
		};
		readonly consts: { readonly MESSAGE_STATE: Readonly<Record<string, number>> };
		readonly PDU: typeof PDU;
		createServer(listener: (session: Session) => void): Server;
		/** As a client of ours: for tests, and for `smsgw conformance`. */
		connect(
			options: {
				readonly host: string;
				readonly port: number;
				readonly tls?: boolean;
				readonly rejectUnauthorized?: boolean;
			},
			connected?: () => void,
		): Session;
	};

	// biome-ignore lint/style/noDefaultExport: it is how a CommonJS module meets ESM, not our choice.
	export default smpp;
	export type { FieldType, PDU, PduOptions, Server, Session, StatusName, TlvName };
}
