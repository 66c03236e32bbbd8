/** How a simulated SMSC treats one message; told to it by the last four digits of the recipient's number. */
export type SimulatedBehaviour =
	/** Taken; a receipt about it comes after a while. */
	| { readonly kind: "receipt"; readonly delivered: boolean; readonly err: number; readonly beforeResponse: boolean }
	/** Taken, and never heard of again. */
	| { readonly kind: "silence" }
	/** Not taken: submit_sm_resp carries this command_status. */
	| { readonly kind: "refusal"; readonly commandStatus: number };

const delivered = { kind: "receipt", delivered: true, err: 0, beforeResponse: false } as const;

/**
 * `99NN` fails with err NN, `98NN` is refused with command_status NN (both decimal), `9700` gets no receipt, `9600` gets its
 * receipt before the submit_sm_resp; every other number is delivered to. 9800 would be a refusal that is none: delivered.
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

/** Whether registered_delivery asks for this receipt: 1 for any, 2 for a failure only, 3 for a success only, 0 for none. */
export function wantsReceipt(registeredDelivery: number, wasDelivered: boolean): boolean {
	const asked = registeredDelivery & 0x03;
	return asked === 1 || asked === (wasDelivered ? 3 : 2);
}
