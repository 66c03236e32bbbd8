import { once } from "node:events";
import smpp, { type PDU } from "smpp";

export type SmppAddress = { readonly host: string; readonly port: number };

/** A plain ESME: it binds, asks one request after the other, and confirms what is delivered to it. */
export type SmppClient = {
	/** @throws Error without an answer: the time is up, or the connection is closed. */
	ask(request: PDU): Promise<PDU>;
	/** A header with this command_id, and nothing else. */
	askByHeader(commandId: number): Promise<PDU>;
	/** What was delivered so far. */
	readonly delivered: readonly PDU[];
	close(): void;
};

const answerLimitMs = 10_000;
const deliveredMax = 1_000;
/** Not used by the requests of the library, which count from 1. */
const ownSequenceNumber = 0x7ffffff0;
const headerOctets = 16;

/** @throws Error if it cannot connect. */
export async function openSmppClient({ host, port }: SmppAddress): Promise<SmppClient> {
	const session = smpp.connect({ host, port });
	const delivered: PDU[] = [];
	let failure: unknown;
	session.on("error", (error: unknown) => {
		failure = error;
		session.destroy();
	});
	session.on("pdu", (pdu: PDU) => {
		if (pdu.command === "deliver_sm" && delivered.length < deliveredMax) delivered.push(pdu);
		if (["deliver_sm", "enquire_link"].includes(pdu.command)) session.send(pdu.response());
	});
	const limit = AbortSignal.timeout(answerLimitMs);
	await once(session, "connect", { signal: limit }).catch((error: unknown) => {
		session.destroy();
		throw failure ?? (limit.aborted ? new Error("no connection in time") : error);
	});
	const answered = async (isAnswer: (pdu: PDU) => boolean, send: () => void) =>
		await new Promise<PDU>((resolve, reject) => {
			const timer = setTimeout(() => end(new Error(`none in ${answerLimitMs / 1_000} s`)), answerLimitMs);
			const end = (outcome: PDU | Error) => {
				clearTimeout(timer);
				session.off("pdu", onPdu);
				session.off("close", onClose);
				if (outcome instanceof Error) reject(outcome);
				else resolve(outcome);
			};
			const onPdu = (pdu: PDU) => isAnswer(pdu) && end(pdu);
			const onClose = () => end(failure instanceof Error ? failure : new Error("the connection was closed"));
			session.on("pdu", onPdu);
			session.on("close", onClose);
			if (session.socket.destroyed) onClose();
			else send();
		});
	return {
		delivered,
		ask: async (request) =>
			await answered(
				(pdu) => pdu.isResponse() && pdu.sequence_number === request.sequence_number,
				() => session.send(request),
			),
		askByHeader: async (commandId) =>
			await answered(
				(pdu) => pdu.isResponse() && pdu.sequence_number === ownSequenceNumber,
				() => session.socket.write(headerOf(commandId)),
			),
		close: () => session.destroy(),
	};
}

function headerOf(commandId: number): Buffer {
	const header = Buffer.alloc(headerOctets);
	for (const [index, value] of [headerOctets, commandId, 0, ownSequenceNumber].entries())
		header.writeUInt32BE(value, 4 * index);
	return header;
}
