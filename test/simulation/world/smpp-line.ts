import { decodePdu } from "#smpp/wire/decode-pdu.ts";
import { encodePdu, type OutgoingPdu } from "#smpp/wire/encode-pdu.ts";
import { splitPdus } from "#smpp/wire/framing.ts";
import { responseTo } from "#smpp/wire/layouts.ts";
import type { FieldsOf, Pdu, RequestName, RequestPdu, ResponseName, ResponsePdu } from "#smpp/wire/pdu.ts";
import { noBytes } from "#smpp/wire/read-fields.ts";
import type { SimulatedSocket } from "../kernel/network.ts";

/**
 * One SMPP connection of a simulated SMSC or client, at the level of bytes, without the safeguards of the gateway's
 * own sessions.
 */
export type SmppLine = {
	readonly isOpen: boolean;
	/** Number of requests without a response. */
	readonly waiting: number;
	/** The response, or the loss of the connection before it. There is no time limit: the caller has its own. */
	request<Name extends RequestName>(
		command: Name,
		fields: Partial<FieldsOf[Name]>,
		tlvs?: OutgoingPdu["tlvs"],
	): Promise<ResponsePdu | "disconnected">;
	answer(request: RequestPdu, commandStatus: number, fields?: object): void;
	/** Unbinds and closes. */
	end(): void;
	/** Cuts the connection. Neither side learns whether requests under way arrived. */
	cut(): void;
};

export type LineHooks = { readonly onRequest: (pdu: RequestPdu) => void; readonly onEnd: () => void };

export function smppLine(socket: SimulatedSocket, { onRequest, onEnd }: LineHooks): SmppLine {
	const waiting = new Map<number, (response: ResponsePdu | "disconnected") => void>();
	let remainder: Buffer = noBytes;
	let sequence = 0;
	let isOpen = true;

	function fall(): void {
		if (!isOpen) return;
		isOpen = false;
		for (const resolve of waiting.values()) resolve("disconnected");
		waiting.clear();
		onEnd();
	}

	function take(pdu: Pdu): void {
		if (pdu.command_id < 0x80000000) onRequest(pdu as RequestPdu);
		else {
			waiting.get(pdu.sequence_number)?.(pdu as ResponsePdu);
			waiting.delete(pdu.sequence_number);
		}
	}

	socket.on("data", (chunk: Buffer) => {
		const split = splitPdus(remainder, chunk);
		remainder = split.remainder;
		if (split.badLength !== undefined) throw new Error(`a PDU of ${split.badLength} octets came from the gateway`);
		for (const bytes of split.pdus) {
			const decoded = decodePdu(bytes);
			if (decoded.kind === "malformed") throw new Error(`a malformed PDU came from the gateway: ${decoded.reason}`);
			if (isOpen) take(decoded.pdu);
		}
	});
	socket.on("end", () => socket.end());
	socket.on("error", fall);
	socket.on("close", fall);
	return {
		get isOpen() {
			return isOpen;
		},
		get waiting() {
			return waiting.size;
		},
		async request(command, fields, tlvs = []) {
			if (!isOpen) return "disconnected";
			sequence += 1;
			const { promise, resolve } = Promise.withResolvers<ResponsePdu | "disconnected">();
			waiting.set(sequence, resolve);
			socket.write(encodePdu({ command, sequence_number: sequence, fields, tlvs }));
			return await promise;
		},
		answer(request, command_status, fields = {}) {
			const command = responseTo[request.command] as ResponseName | undefined;
			if (command === undefined || !isOpen) return;
			socket.write(encodePdu({ command, command_status, sequence_number: request.sequence_number, fields }));
		},
		end: () => void socket.end(),
		cut() {
			socket.cut();
			fall();
		},
	};
}
