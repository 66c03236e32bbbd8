/** The fields of SMPP 3.4 PDUs, by their names in the specification. Texts are Latin-1 without their NUL. */

type BindFields = {
	readonly system_id: string;
	readonly password: string;
	readonly system_type: string;
	readonly interface_version: number;
	readonly addr_ton: number;
	readonly addr_npi: number;
	readonly address_range: string;
};

type SourceFields = {
	readonly source_addr_ton: number;
	readonly source_addr_npi: number;
	readonly source_addr: string;
};
type DestinationFields = {
	readonly dest_addr_ton: number;
	readonly dest_addr_npi: number;
	readonly destination_addr: string;
};

type CommonFields = {
	readonly service_type: string;
	readonly esm_class: number;
	readonly protocol_id: number;
	readonly priority_flag: number;
	readonly schedule_delivery_time: string;
	readonly validity_period: string;
	readonly registered_delivery: number;
	readonly replace_if_present_flag: number;
	readonly data_coding: number;
	readonly sm_default_msg_id: number;
	/** As on the wire, including a user data header; at most 254 octets. */
	readonly short_message: Buffer;
};

export type MessageFields = SourceFields & DestinationFields & CommonFields;

/** A destination of submit_multi: an address, or the name of a distribution list. */
export type MultiDestination = DestinationFields | { readonly dl_name: string };

export type UnsuccessfulDestination = DestinationFields & { readonly error_status_code: number };

type MessageId = { readonly message_id: string };
type SystemId = { readonly system_id: string };
type NoFields = Readonly<Record<never, never>>;

export type RequestFields = {
	readonly bind_receiver: BindFields;
	readonly bind_transmitter: BindFields;
	readonly bind_transceiver: BindFields;
	readonly outbind: SystemId & { readonly password: string };
	readonly unbind: NoFields;
	readonly submit_sm: MessageFields;
	readonly submit_multi: SourceFields & CommonFields & { readonly dest_address: readonly MultiDestination[] };
	readonly deliver_sm: MessageFields;
	readonly data_sm: SourceFields &
		DestinationFields &
		Pick<CommonFields, "service_type" | "esm_class" | "registered_delivery" | "data_coding">;
	readonly query_sm: MessageId & SourceFields;
	readonly cancel_sm: MessageId & SourceFields & DestinationFields & Pick<CommonFields, "service_type">;
	readonly replace_sm: MessageId &
		SourceFields &
		Pick<
			CommonFields,
			"schedule_delivery_time" | "validity_period" | "registered_delivery" | "sm_default_msg_id" | "short_message"
		>;
	readonly enquire_link: NoFields;
	readonly alert_notification: SourceFields & {
		readonly esme_addr_ton: number;
		readonly esme_addr_npi: number;
		readonly esme_addr: string;
	};
};

export type ResponseFields = {
	readonly bind_receiver_resp: SystemId;
	readonly bind_transmitter_resp: SystemId;
	readonly bind_transceiver_resp: SystemId;
	readonly unbind_resp: NoFields;
	readonly submit_sm_resp: MessageId;
	readonly submit_multi_resp: MessageId & { readonly unsuccess_sme: readonly UnsuccessfulDestination[] };
	readonly deliver_sm_resp: MessageId;
	readonly data_sm_resp: MessageId;
	readonly query_sm_resp: MessageId & {
		readonly final_date: string;
		readonly message_state: number;
		readonly error_code: number;
	};
	readonly cancel_sm_resp: NoFields;
	readonly replace_sm_resp: NoFields;
	readonly enquire_link_resp: NoFields;
	readonly generic_nack: NoFields;
};

export type FieldsOf = RequestFields & ResponseFields;
export type RequestName = keyof RequestFields;
export type ResponseName = keyof ResponseFields;
export type CommandName = RequestName | ResponseName;

/** An optional parameter as on the wire. `tlvs.ts` reads and writes them. */
export type Tlv = { readonly tag: number; readonly value: Buffer };

type PduOf<Name extends CommandName> = {
	readonly command: Name;
	readonly command_id: number;
	readonly command_status: number;
	readonly sequence_number: number;
	/** All mandatory fields are present, even if the peer omitted them. */
	readonly fields: FieldsOf[Name];
	/** In order of arrival. A tag may occur twice. */
	readonly tlvs: readonly Tlv[];
};

/** A decoded PDU: a union by `command`. */
export type Pdu<Name extends CommandName = CommandName> = Name extends CommandName ? PduOf<Name> : never;

export type RequestPdu = Pdu<RequestName>;
export type ResponsePdu = Pdu<ResponseName>;
