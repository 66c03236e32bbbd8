import type { PDU, Session } from "smpp";
import type { BoundAs } from "#smpp/session/bind-states.ts";

export type OperatorSession = {
	readonly number: number;
	readonly session: Session;
	boundAs: BoundAs | undefined;
	/** Sends all PDUs of one turn of the event loop in one write. */
	send(pdu: PDU, onAnswer?: (answer: PDU) => void): void;
};

/** A session with more unread octets is closed, which bounds the simulator's memory. */
const unreadOctetsMax = 16 * 1024 * 1024;

let sessionCount = 0;

export function operatorSession(session: Session): OperatorSession {
	const { socket } = session;
	let corked = false;

	function uncork(): void {
		corked = false;
		socket.uncork();
		if (socket.writableLength > unreadOctetsMax) socket.destroy();
	}

	sessionCount++;
	return {
		number: sessionCount,
		session,
		boundAs: undefined,
		send(pdu, onAnswer) {
			if (!corked) {
				corked = true;
				socket.cork();
				setImmediate(uncork);
			}
			session.send(pdu, onAnswer);
		},
	};
}

export function receives({ boundAs }: OperatorSession): boolean {
	return boundAs === "receiver" || boundAs === "transceiver";
}

export function transmits({ boundAs }: OperatorSession): boolean {
	return boundAs === "transmitter" || boundAs === "transceiver";
}
