import { type Decoded, decodePdu } from "#smpp/wire/decode-pdu.ts";
import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import { splitPdus } from "#smpp/wire/framing.ts";
import { responseTo } from "#smpp/wire/layouts.ts";
import type { Pdu, RequestPdu, ResponsePdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { UnencodableError } from "#smpp/wire/write-fields.ts";
import { type BindName, bindAnsweredBy, boundBy, isBindName, refusalIn } from "./bind-states.ts";
import { drained, endLine, finishLine, type Line, noteProgress, regulateReading } from "./line.ts";
import type { Answer } from "./serving.ts";
import { heard } from "./session-timers.ts";

const ok: Answer = { command_status: commandStatuses.ESME_ROK };

function becomeBound(line: Line, command: BindName): void {
	line.state = boundBy[command];
	line.timers = { ...line.timers, bound: true };
	line.options.onBound?.(boundBy[command]);
}

/** The answer's bytes; an answer that no PDU can carry is our fault, which the peer learns as a system error. */
function encodedAnswer(line: Line, request: RequestPdu, given: Answer): Buffer | undefined {
	const command = responseTo[request.command];
	if (command === undefined) return undefined;
	const { sequence_number } = request;
	try {
		return encodePdu({ command, sequence_number, ...given });
	} catch (error) {
		if (!(error instanceof UnencodableError)) throw error;
		line.options.log("answer.unencodable", { command, reason: error.message });
		return encodePdu({ command, sequence_number, command_status: commandStatuses.ESME_RSYSERR });
	}
}

/** Sends the answer to a request, and lets a bind take its effect. */
export function answer(line: Line, request: RequestPdu, given: Answer): void {
	if (line.phase === "finishing" || line.phase === "ended") return;
	const bytes = encodedAnswer(line, request, given);
	if (bytes === undefined) return;
	line.writer.push(bytes);
	if (!isBindName(request.command) || line.state !== "binding") return;
	if (bytes.readUInt32BE(8) === commandStatuses.ESME_ROK) becomeBound(line, request.command);
	else line.state = "open";
}

/** The peer leaves: what is on its way may still be answered, on both sides, then the line is closed. */
async function takeUnbind(line: Line, request: Pdu<"unbind">): Promise<void> {
	line.state = "open";
	const unbindingToo = line.phase === "draining";
	line.phase = "draining";
	if (!unbindingToo) await drained(line, line.options.limits.answerMs);
	answer(line, request, ok);
	finishLine(line, "unbound by the peer");
}

/** Refused for the bind state: no business of the bind that may be going on, so no effect on it. */
function refuse(line: Line, request: RequestPdu, command_status: number): void {
	const bytes = encodedAnswer(line, request, { command_status });
	if (bytes !== undefined) line.writer.push(bytes);
	noteOften(line, "request.refused", { command: request.command, command_status, state: line.state });
}

/** Logs at the 1st, 2nd, 4th, 8th … of what a peer does wrong: one that sends rubbish shall not fill the log. */
function noteOften(line: Line, event: string, details: Readonly<Record<string, unknown>>): void {
	line.wrongs++;
	if ((line.wrongs & (line.wrongs - 1)) === 0) line.options.log(event, { ...details, wrongs: line.wrongs });
}

function takeRequest(line: Line, request: RequestPdu): void {
	const refusal = refusalIn(line.options.side, line.state, request.command);
	if (refusal !== undefined) refuse(line, request, refusal);
	else if (request.command === "enquire_link") answer(line, request, ok);
	else if (request.command === "unbind") void takeUnbind(line, request);
	else {
		if (isBindName(request.command)) line.state = "binding";
		line.serving.take(request);
	}
}

function takeResponse(line: Line, response: ResponsePdu): void {
	if (!line.asking.answered(response)) {
		const { command, sequence_number } = response;
		noteOften(line, "response.unexpected", { command, sequence_number });
		return;
	}
	const bind = bindAnsweredBy[response.command];
	if (bind !== undefined && response.command_status === commandStatuses.ESME_ROK) becomeBound(line, bind);
	noteProgress(line);
}

function rebuke(line: Line, malformed: Extract<Decoded, { kind: "malformed" }>): void {
	noteOften(line, "pdu.malformed", { reason: malformed.reason });
	if (malformed.answer !== undefined) line.writer.push(encodePdu(malformed.answer));
}

function dispatch(line: Line, bytes: Buffer): void {
	const decoded = decodePdu(bytes);
	if (decoded.kind === "malformed") rebuke(line, decoded);
	else if (isResponse(decoded.pdu)) takeResponse(line, decoded.pdu);
	else takeRequest(line, decoded.pdu);
}

function isResponse(pdu: Pdu): pdu is ResponsePdu {
	return pdu.command_id >= 0x80000000;
}

function isTooMuch(line: Line, { length }: Buffer): boolean {
	if (line.timers.bound) return false;
	line.unboundOctets += length;
	return line.unboundOctets > line.options.limits.unboundOctetsMax;
}

/** Acts on every whole PDU that a chunk completes. A stream that cannot be cut into PDUs is nacked and closed. */
export function receive(line: Line, chunk: Buffer): void {
	if (line.phase === "finishing" || line.phase === "ended") return;
	line.timers = heard(line.timers, line.options.now());
	if (isTooMuch(line, chunk)) {
		endLine(line, "too much before its bind");
		return;
	}
	const { pdus, rest, badLength } = splitPdus(line.rest, chunk);
	line.rest = rest;
	for (const bytes of pdus) dispatch(line, bytes);
	if (badLength !== undefined) {
		const command_status = commandStatuses.ESME_RINVCMDLEN;
		line.writer.push(encodePdu({ command: "generic_nack", sequence_number: 0, command_status }));
		finishLine(line, `command_length ${badLength}`);
	}
	regulateReading(line);
}
