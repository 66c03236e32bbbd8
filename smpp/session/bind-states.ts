import type { RequestName, ResponseName } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";

/** Our side of the session: the ESME binds to the SMSC. */
export type Side = "esme" | "smsc";
export type BindName = "bind_receiver" | "bind_transmitter" | "bind_transceiver";
export type BoundAs = "receiver" | "transmitter" | "transceiver";
export type BindState = "open" | "binding" | BoundAs;

export const boundBy = {
	bind_receiver: "receiver",
	bind_transmitter: "transmitter",
	bind_transceiver: "transceiver",
} as const satisfies Record<BindName, BoundAs>;

export const bindAnsweredBy: Partial<Record<ResponseName, BindName>> = {
	bind_receiver_resp: "bind_receiver",
	bind_transmitter_resp: "bind_transmitter",
	bind_transceiver_resp: "bind_transceiver",
};

export function isBindName(command: RequestName): command is BindName {
	return command in boundBy;
}

export function isBound(state: BindState): state is BoundAs {
	return state !== "open" && state !== "binding";
}

const transmitting: readonly RequestName[] = [
	"submit_sm",
	"submit_multi",
	"data_sm",
	"query_sm",
	"cancel_sm",
	"replace_sm",
];
const receiving: readonly RequestName[] = ["deliver_sm", "data_sm", "alert_notification"];

/** Requests that the peer may send besides binds, unbind and enquire_link, by our side (SMPP table 2-1). */
const allowed = {
	smsc: { receiver: [], transmitter: transmitting, transceiver: transmitting },
	esme: { receiver: receiving, transmitter: [], transceiver: receiving },
} as const satisfies Record<Side, Record<BoundAs, readonly RequestName[]>>;

/** The command_status that refuses the request in this state; undefined if it is allowed. */
export function refusalIn(side: Side, state: BindState, command: RequestName): number | undefined {
	if (command === "enquire_link") return undefined;
	if (isBindName(command)) {
		if (side === "esme") return commandStatuses.ESME_RINVBNDSTS;
		return state === "open" ? undefined : commandStatuses.ESME_RALYBND;
	}
	if (!isBound(state)) return commandStatuses.ESME_RINVBNDSTS;
	if (command === "unbind") return undefined;
	const commands: readonly RequestName[] = allowed[side][state];
	return commands.includes(command) ? undefined : commandStatuses.ESME_RINVBNDSTS;
}
