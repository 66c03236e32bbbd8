import { type BindSettings, defaultBindSettings } from "#shared/contracts/smscs.ts";
import type { OwnMeanings } from "#shared/domain/send/status-meanings.ts";
import type { BindName } from "#smpp/session/bind-states.ts";
import type { SessionLog } from "#smpp/session/connection.ts";
import type { SmppResponse } from "#smpp/session/incoming-requests.ts";
import { openSession, type Session } from "#smpp/session/session.ts";
import type { SessionLimits } from "#smpp/session/session-limits.ts";
import type { MessageFields, Pdu, RequestPdu } from "#smpp/wire/pdu.ts";
import { noBytes } from "#smpp/wire/read-fields.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { smppVersion } from "#smpp/wire/version.ts";
import { connectSmsc, type SmscAddress } from "./connect-smsc.ts";

export type SmscLogin = SmscAddress & {
	/** Tried in turn after the first host fails. */
	readonly standby_hosts?: readonly Pick<SmscAddress, "host" | "port">[] | undefined;
	readonly system_id: string;
	readonly password: string;
	readonly bind?: BindSettings | undefined;
	/** Meanings of command_status that differ from the default ones. */
	readonly statuses?: OwnMeanings | undefined;
};

export type BindHooks = {
	onUp(): void;
	/** The bind is gone. All its submits have an outcome, or are about to. */
	onDown(reason: string): void;
	/**
	 * Gets a receipt or an MO message. Resolves with the command_status to answer. If it rejects, the bind answers
	 * ESME_RX_T_APPN, and the SMSC sends the PDU again.
	 */
	onDeliver(pdu: Pdu<"deliver_sm">): Promise<number>;
	readonly log: SessionLog;
};

const blankDeliverSm: Omit<MessageFields, keyof Pdu<"data_sm">["fields"]> = {
	protocol_id: 0,
	priority_flag: 0,
	schedule_delivery_time: "",
	validity_period: "",
	replace_if_present_flag: 0,
	sm_default_msg_id: 0,
	short_message: noBytes,
};

/** A data_sm has its text in message_payload, and is handled as a deliver_sm without short_message. */
function asDeliverSm(pdu: Pdu<"deliver_sm" | "data_sm">): Pdu<"deliver_sm"> {
	if (pdu.command === "deliver_sm") return pdu;
	return { ...pdu, command: "deliver_sm", fields: { ...blankDeliverSm, ...pdu.fields } };
}

async function answerDeliverSm(pdu: RequestPdu, hooks: BindHooks): Promise<SmppResponse> {
	if (pdu.command !== "deliver_sm" && pdu.command !== "data_sm") {
		return { command_status: commandStatuses.ESME_RINVCMDID };
	}
	try {
		return { command_status: await hooks.onDeliver(asDeliverSm(pdu)) };
	} catch (error) {
		hooks.log("deliver_sm.handler_failed", { error });
		return { command_status: commandStatuses.ESME_RX_T_APPN };
	}
}

const versions = { "3.3": 0x33, "3.4": smppVersion, "5.0": 0x50 } as const satisfies Record<
	BindSettings["version"],
	number
>;

function bindFields({ system_id, password, bind = defaultBindSettings }: SmscLogin) {
	const { system_type, ton, npi, address_range, version } = bind;
	const fields = { system_id, password, system_type, interface_version: versions[version] };
	return { ...fields, addr_ton: ton, addr_npi: npi, address_range };
}

export type BindAttempt = {
	readonly address: SmscAddress;
	readonly smsc: SmscLogin;
	readonly command: BindName;
	readonly hooks: BindHooks;
	readonly limits: SessionLimits & { readonly connectMs: number };
	readonly stop: AbortSignal;
};

type BindEnd = { readonly reason: string; readonly upMs: number };

/** Connects and binds once. Resolves when the bind has ended. */
export async function bindOnce(attempt: BindAttempt, onSession: (session: Session) => void): Promise<BindEnd> {
	const { address, smsc, command, hooks, limits, stop } = attempt;
	const { host, port } = address;
	const connected = await connectSmsc(address, limits.connectMs, stop);
	if (connected.kind === "unreachable") return { reason: connected.reason, upMs: 0 };
	let upSince: number | undefined;
	const session = openSession(connected.socket, {
		side: "esme",
		limits,
		serve: (pdu) => answerDeliverSm(pdu, hooks),
		onBound(as) {
			upSince = performance.now();
			hooks.log("bind.up", { host, port, as });
			hooks.onUp();
		},
		log: hooks.log,
		now: () => performance.now(),
	});
	onSession(session);
	const outcome = await session.request({ command, fields: bindFields(smsc) });
	if (outcome.kind === "answered" && outcome.response.command_status !== commandStatuses.ESME_ROK) {
		session.close(`bind refused with command_status ${outcome.response.command_status}`);
	} else if (session.boundAs === undefined) session.close(`bind ${outcome.kind}`);
	const reason = await session.ended;
	if (upSince === undefined) return { reason, upMs: 0 };
	hooks.onDown(reason);
	return { reason, upMs: performance.now() - upSince };
}
