import { type Decoded, decodePdu } from "#smpp/wire/decode-pdu.ts";
import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import { splitPdus } from "#smpp/wire/framing.ts";
import { responseTo } from "#smpp/wire/layouts.ts";
import type { Pdu, RequestPdu, ResponsePdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { UnencodableError } from "#smpp/wire/write-fields.ts";
import { type BindName, bindAnsweredBy, boundBy, isBindName, refusalIn } from "./bind-states.ts";
import {
	type Connection,
	drained,
	endConnection,
	finishConnection,
	regulateReading,
	wakeDrainWaiters,
} from "./connection.ts";
import type { SmppResponse } from "./incoming-requests.ts";
import { peerHeard } from "./session-timers.ts";

const ok: SmppResponse = { command_status: commandStatuses.ESME_ROK };

function becomeBound(connection: Connection, command: BindName): void {
	connection.state = boundBy[command];
	connection.timers = { ...connection.timers, bound: true };
	connection.options.onBound?.(boundBy[command]);
}

/** An answer that cannot be encoded is our fault: the peer gets a system error. */
function encodedAnswer(connection: Connection, request: RequestPdu, given: SmppResponse): Buffer | undefined {
	const command = responseTo[request.command];
	if (command === undefined) return undefined;
	const { sequence_number } = request;
	try {
		return encodePdu({ command, sequence_number, ...given });
	} catch (error) {
		if (!(error instanceof UnencodableError)) throw error;
		connection.options.log("response.unencodable", { command, reason: error.message });
		return encodePdu({ command, sequence_number, command_status: commandStatuses.ESME_RSYSERR });
	}
}

const isClosing = ({ phase }: Connection) => phase === "finishing" || phase === "ended";

/** Sends an answer. After an accepted bind the session is bound. */
export function answer(connection: Connection, request: RequestPdu, given: SmppResponse): void {
	if (isClosing(connection)) return;
	const bytes = encodedAnswer(connection, request, given);
	if (bytes === undefined) return;
	connection.writer.push(bytes);
	if (!isBindName(request.command) || connection.state !== "binding") return;
	if (bytes.readUInt32BE(8) === commandStatuses.ESME_ROK) becomeBound(connection, request.command);
	else connection.state = "open";
}

/** Outstanding requests of both sides may still be answered, then the connection closes. */
async function takeUnbind(connection: Connection, request: Pdu<"unbind">): Promise<void> {
	connection.state = "open";
	const unbindingToo = connection.phase === "draining";
	connection.phase = "draining";
	const { limits, onUnbinding } = connection.options;
	if (!unbindingToo) await drained(connection, limits.unbindDrainMs);
	if (onUnbinding !== undefined) await withinMs(limits.unbindDrainMs, onUnbinding());
	answer(connection, request, ok);
	finishConnection(connection, "unbound by the peer");
}

async function withinMs(limitMs: number, work: Promise<void>): Promise<void> {
	const limit = Promise.withResolvers<void>();
	const timer = setTimeout(limit.resolve, limitMs);
	await Promise.race([work, limit.promise]);
	clearTimeout(timer);
}

/** Refused because of the bind state. A bind under way is not affected. */
function refuse(connection: Connection, request: RequestPdu, command_status: number): void {
	const bytes = encodedAnswer(connection, request, { command_status });
	if (bytes !== undefined) connection.writer.push(bytes);
	countViolation(connection, "request.refused", { command: request.command, command_status, state: connection.state });
}

/**
 * Logs the 1st, 2nd, 4th, 8th … violation, so that a faulty peer does not fill the log. A peer that neither is bound nor
 * binds has few of them.
 */
function countViolation(connection: Connection, event: string, details: Readonly<Record<string, unknown>>): void {
	connection.violations++;
	if ((connection.violations & (connection.violations - 1)) === 0)
		connection.options.log(event, { ...details, violations: connection.violations });
	const isUnbound = connection.state === "open" && !connection.timers.bound;
	if (isUnbound && connection.violations > connection.options.limits.unboundViolationsMax)
		finishConnection(connection, "too many invalid PDUs before the bind");
}

function takeRequest(connection: Connection, request: RequestPdu): void {
	const refusal = refusalIn(connection.options.side, connection.state, request.command);
	if (refusal !== undefined) refuse(connection, request, refusal);
	else if (request.command === "enquire_link") answer(connection, request, ok);
	else if (request.command === "unbind") void takeUnbind(connection, request);
	else {
		if (isBindName(request.command)) connection.state = "binding";
		connection.incomingRequests.take(request);
	}
}

function takeResponse(connection: Connection, response: ResponsePdu): void {
	if (!connection.outgoingRequests.answered(response)) {
		const { command, sequence_number } = response;
		countViolation(connection, "response.unexpected", { command, sequence_number });
		return;
	}
	const bind = bindAnsweredBy[response.command];
	if (bind !== undefined && response.command_status === commandStatuses.ESME_ROK) becomeBound(connection, bind);
	wakeDrainWaiters(connection);
}

function sendErrorReply(connection: Connection, malformed: Extract<Decoded, { kind: "malformed" }>): void {
	if (malformed.answer !== undefined) connection.writer.push(encodePdu(malformed.answer));
	countViolation(connection, "pdu.malformed", { reason: malformed.reason });
}

function dispatch(connection: Connection, bytes: Buffer): void {
	const decoded = decodePdu(bytes);
	if (decoded.kind === "malformed") sendErrorReply(connection, decoded);
	else if (isResponse(decoded.pdu)) takeResponse(connection, decoded.pdu);
	else takeRequest(connection, decoded.pdu);
}

function isResponse(pdu: Pdu): pdu is ResponsePdu {
	return pdu.command_id >= 0x80000000;
}

function exceedsUnboundLimit(connection: Connection, { length }: Buffer): boolean {
	if (connection.timers.bound) return false;
	connection.unboundOctets += length;
	return connection.unboundOctets > connection.options.limits.unboundOctetsMax;
}

/** Handles each PDU that a chunk completes. If the stream cannot be cut into PDUs, it is nacked and closed. */
export function receive(connection: Connection, chunk: Buffer): void {
	if (isClosing(connection)) return;
	connection.timers = peerHeard(connection.timers, connection.options.now());
	if (exceedsUnboundLimit(connection, chunk)) {
		endConnection(connection, "too many octets before the bind");
		return;
	}
	const { pdus, remainder, badLength } = splitPdus(connection.remainder, chunk);
	connection.remainder = remainder;
	for (const bytes of pdus) {
		if (isClosing(connection)) return;
		dispatch(connection, bytes);
	}
	if (badLength !== undefined) {
		const command_status = commandStatuses.ESME_RINVCMDLEN;
		connection.writer.push(encodePdu({ command: "generic_nack", sequence_number: 0, command_status }));
		finishConnection(connection, `command_length ${badLength}`);
	}
	regulateReading(connection);
}
