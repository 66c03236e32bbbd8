import type { PDU, Session } from "smpp";

export type BoundAs = "receiver" | "transmitter" | "transceiver";

/** One connection to a simulated SMSC, as the library's server gives it. */
export type OperatorSession = {
	readonly number: number;
	readonly session: Session;
	boundAs: BoundAs | undefined;
	/** Sends without a system call for each: all of one turn of the event loop go in one write. */
	send(pdu: PDU, answered?: (answer: PDU) => void): void;
};

/** More than this unread by an ESME, and it is let go: the simulator's memory is bounded too. */
const unreadOctetsMax = 16 * 1024 * 1024;

let sessionsSoFar = 0;

export function operatorSession(session: Session): OperatorSession {
	const { socket } = session;
	let corked = false;

	function uncork(): void {
		corked = false;
		socket.uncork();
		if (socket.writableLength > unreadOctetsMax) socket.destroy();
	}

	sessionsSoFar++;
	return {
		number: sessionsSoFar,
		session,
		boundAs: undefined,
		send(pdu, answered) {
			if (!corked) {
				corked = true;
				socket.cork();
				setImmediate(uncork);
			}
			session.send(pdu, answered);
		},
	};
}

export function receives({ boundAs }: OperatorSession): boolean {
	return boundAs === "receiver" || boundAs === "transceiver";
}

export function transmits({ boundAs }: OperatorSession): boolean {
	return boundAs === "transmitter" || boundAs === "transceiver";
}
