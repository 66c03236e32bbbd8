import smpp, { type FieldType } from "smpp";
import type { CommandName, RequestName, ResponseName } from "./pdu.ts";

export type FieldKind = "octet" | "text" | "message" | "destinations" | "unsuccessful";

export type Layout = {
	readonly command: CommandName;
	readonly commandId: number;
	readonly fields: readonly { readonly name: string; readonly kind: FieldKind }[];
	/** Responses and generic_nack are never answered. */
	readonly isResponse: boolean;
};

/** The response of each request; two have none. The library's broadcast commands are not SMPP 3.4. */
export const responseTo = {
	bind_receiver: "bind_receiver_resp",
	bind_transmitter: "bind_transmitter_resp",
	bind_transceiver: "bind_transceiver_resp",
	outbind: undefined,
	unbind: "unbind_resp",
	submit_sm: "submit_sm_resp",
	submit_multi: "submit_multi_resp",
	deliver_sm: "deliver_sm_resp",
	data_sm: "data_sm_resp",
	query_sm: "query_sm_resp",
	cancel_sm: "cancel_sm_resp",
	replace_sm: "replace_sm_resp",
	enquire_link: "enquire_link_resp",
	alert_notification: undefined,
} as const satisfies Record<RequestName, ResponseName | undefined>;

const { types } = smpp;
const kinds = new Map<FieldType, FieldKind>([
	[types.int8, "octet"],
	[types.cstring, "text"],
	[types.buffer, "message"],
	[types.dest_address_array, "destinations"],
	[types.unsuccess_sme_array, "unsuccessful"],
]);

/** The library's definition of a command, with our own kinds of field. */
function layoutOf(command: CommandName, isResponse: boolean): Layout {
	const definition = smpp.commands[command];
	if (definition === undefined) throw new Error(`the smpp package has no command ${command}`);
	const fields = Object.entries(definition.params ?? {}).map(([name, param]) => {
		const kind = kinds.get(param.type);
		if (kind === undefined) throw new Error(`the smpp package has an unknown kind of field in ${command}: ${name}`);
		return { name, kind };
	});
	return { command, commandId: definition.id, fields, isResponse };
}

const requestNames = Object.keys(responseTo) as readonly RequestName[];
const responseNames = Object.values(responseTo).filter((name) => name !== undefined);

export const layouts: readonly Layout[] = [
	...requestNames.map((name) => layoutOf(name, false)),
	...[...responseNames, "generic_nack" as const].map((name) => layoutOf(name, true)),
];

export const layoutsById: ReadonlyMap<number, Layout> = new Map(layouts.map((layout) => [layout.commandId, layout]));

const byName = new Map(layouts.map((layout) => [layout.command, layout]));

export function layoutFor(command: CommandName): Layout {
	const layout = byName.get(command);
	if (layout === undefined) throw new Error(`no layout of ${command}`);
	return layout;
}
