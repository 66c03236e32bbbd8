/** A simulated SMSC's treatment of a message, chosen by the last four digits of the recipient's number. */
export type SimulatedBehaviour =
	| { readonly kind: "receipt"; readonly delivered: boolean; readonly err: number; readonly beforeResponse: boolean }
	| { readonly kind: "silence" }
	| { readonly kind: "refusal"; readonly commandStatus: number };

const delivered = { kind: "receipt", delivered: true, err: 0, beforeResponse: false } as const;

/**
 * `99NN` fails with err NN, `98NN` (not 9800) is refused with command_status NN, both decimal. `9700` gets no receipt, `9600` its
 * receipt before the submit_sm_resp. Messages to all other numbers are delivered.
 */
export function behaviourFor(recipient: string): SimulatedBehaviour {
	const [, kind, digits] = /(\d\d)(\d\d)$/.exec(recipient) ?? [];
	const number = Number(digits);
	if (kind === "99") return { kind: "receipt", delivered: false, err: number, beforeResponse: false };
	if (kind === "98" && number > 0) return { kind: "refusal", commandStatus: number };
	if (kind === "97" && number === 0) return { kind: "silence" };
	if (kind === "96" && number === 0) return { ...delivered, beforeResponse: true };
	return delivered;
}

/** Whether registered_delivery requests this receipt: 1 any, 2 failures only, 3 successes only, 0 none. */
export function wantsReceipt(registeredDelivery: number, wasDelivered: boolean): boolean {
	const requested = registeredDelivery & 0x03;
	return requested === 1 || requested === (wasDelivered ? 3 : 2);
}
