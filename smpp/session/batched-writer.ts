import type { Socket } from "node:net";

export type BatchedWriter = {
	/** Takes bytes to be written with all others of this turn of the event loop. Its ticket says later whether they went. */
	push(bytes: Buffer): number;
	/** True once the socket has the bytes of that ticket: they may have reached the peer. */
	written(ticket: number): boolean;
	/** True while more waits for the peer than the bound allows. */
	readonly full: boolean;
	/** Writes at once what waits for the end of the turn; needed only before the socket is ended. */
	flush(): void;
};

/**
 * One write per turn of the event loop instead of one per PDU: a system call and, with TCP_NODELAY, a packet each would cost
 * more than all the rest of a submit. `onWritten` is called whenever a batch has left for the kernel.
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
