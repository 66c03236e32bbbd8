/** The bounds of one SMPP connection. Nothing in it waits, or grows, without one. */
export type SessionLimits = {
	/** From the connection to the end of its bind. */
	readonly bindMs: number;
	/** Octets that a peer may send before it is bound. */
	readonly unboundOctetsMax: number;
	/** From a request of ours to its answer; also how long the peer's unbind waits for answers. */
	readonly answerMs: number;
	/** From a request of the peer's to the answer that our side must have for it. */
	readonly serveMs: number;
	/** Silence of the peer after which it is asked whether it still lives. */
	readonly idleMs: number;
	/** From enquire_link to whatever the peer sends next. */
	readonly enquireLinkMs: number;
	/** How many enquire_link in a row may go without an answer before the connection is given up. */
	readonly missesMax: number;
	/** Requests of the peer's that are worked on at once; over it we stop reading. */
	readonly servingMax: number;
	/** Octets that may wait for a peer that does not read; over it we stop reading too, and send no new requests. */
	readonly outgoingOctetsMax: number;
};

export const defaultSessionLimits: SessionLimits = {
	bindMs: 10_000,
	unboundOctetsMax: 1024 * 1024,
	answerMs: 30_000,
	serveMs: 30_000,
	idleMs: 30_000,
	enquireLinkMs: 10_000,
	missesMax: 2,
	servingMax: 500,
	outgoingOctetsMax: 4 * 1024 * 1024,
};
