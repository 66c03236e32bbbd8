import type { Account } from "#shared/domain/accounts/account.ts";
import type { RequestOutcome } from "#smpp/session/in-flight.ts";
import type { OutgoingRequest } from "#smpp/session/outgoing-requests.ts";

export type Receiver = {
	readonly account: Account;
	/** The holder of its session lease, and the client's address. */
	readonly session: string;
	readonly address: string;
	readonly inFlight: number;
	readonly windowMax: number;
	/** Never rejects. */
	deliver(request: OutgoingRequest<"deliver_sm">): Promise<RequestOutcome>;
};
