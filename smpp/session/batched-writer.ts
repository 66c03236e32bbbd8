import type { Socket } from "node:net";

export type BatchedWriter = {
	/** Queues bytes for the one write of this turn of the event loop. Returns a ticket for `written`. */
	push(bytes: Buffer): number;
	/** True if the bytes of this ticket were written: they may have reached the peer. */
	written(ticket: number): boolean;
	readonly full: boolean;
	/** Writes at once. Needed before the socket is ended. */
	flush(): void;
};

/**
 * One write for each turn of the event loop. With one for each PDU, a system call and, with TCP_NODELAY, a packet each
 * would cost more than the rest of a submit. `onWritten` is called after each batch.
 */
export function batchedWriter(socket: Socket, octetsMax: number, onWritten: () => void): BatchedWriter {
	let batch: Buffer[] = [];
	let batchOctets = 0;
	let pushed = 0;
	let flushed = 0;

	function flush(): void {
		if (batch.length === 0) return;
		const bytes = batch.length === 1 && batch[0] !== undefined ? batch[0] : Buffer.concat(batch, batchOctets);
		batch = [];
		batchOctets = 0;
		if (!socket.writable) return;
		flushed = pushed;
		socket.write(bytes, onWritten);
	}

	return {
		push(bytes) {
			if (batch.length === 0) setImmediate(flush);
			batch.push(bytes);
			batchOctets += bytes.length;
			pushed++;
			return pushed;
		},
		written: (ticket) => ticket <= flushed,
		get full() {
			return batchOctets + socket.writableLength > octetsMax;
		},
		flush,
	};
}
