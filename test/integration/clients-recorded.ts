/** Requests that other programs sent to the doors, octet for octet, in their order. */
export const recordedPeers: Readonly<Record<string, readonly string[]>> = {};
