/** The limits of one SMPP connection. Nothing waits or grows without a limit. */
export type SessionLimits = {
	/** From the connection to the end of its bind. */
	readonly bindMs: number;
	readonly unboundOctetsMax: number;
	/** Malformed and misplaced PDUs that a peer may send before it is bound. */
	readonly unboundViolationsMax: number;
	/** From a request of ours to its answer. */
	readonly answerMs: number;
	/** From the peer's unbind to our answer, which waits for outstanding answers of both sides. */
	readonly unbindDrainMs: number;
	/** From a request of the peer to our answer. */
	readonly serveMs: number;
	/** Silence of the peer before an enquire_link. */
	readonly idleMs: number;
	/** From an enquire_link to the next PDU of the peer. */
	readonly enquireLinkMs: number;
	/** Unanswered enquire_link in a row before the connection is closed. */
	readonly missesMax: number;
	/** Requests of the peer that are served at once. Above it we stop reading. */
	readonly servingMax: number;
	/** Octets that may wait for a peer that does not read. Above it we stop reading and send no new requests. */
	readonly outgoingOctetsMax: number;
};

export const defaultSessionLimits: SessionLimits = {
	bindMs: 10_000,
	unboundOctetsMax: 1024 * 1024,
	unboundViolationsMax: 1_000,
	answerMs: 30_000,
	unbindDrainMs: 5_000,
	serveMs: 30_000,
	idleMs: 30_000,
	enquireLinkMs: 10_000,
	missesMax: 2,
	servingMax: 500,
	outgoingOctetsMax: 4 * 1024 * 1024,
};
