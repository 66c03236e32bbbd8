import type { RequestOutcome } from "#smpp/session/in-flight.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";

export type DeliverSmOutcome =
	| { readonly kind: "reported" }
	/** The client will never take it, or no PDU can carry it. A retry would change nothing. */
	| { readonly kind: "refused"; readonly why: string }
	| { readonly kind: "unsent" }
	/** The client refused it for now, or did not answer. It may have got it. */
	| { readonly kind: "failed"; readonly why: string };

/** The statuses that say "never" (SMPP section 5.1.3). All others may be temporary. */
const permanentStatuses: readonly number[] = [commandStatuses.ESME_RX_P_APPN, commandStatuses.ESME_RX_R_APPN];

export function deliverSmOutcome(outcome: RequestOutcome): DeliverSmOutcome {
	switch (outcome.kind) {
		case "unsent":
			return { kind: "unsent" };
		case "unencodable":
			return { kind: "refused", why: outcome.reason };
		case "timed_out":
		case "disconnected":
			return { kind: "failed", why: outcome.kind };
		case "answered": {
			const { command_status, command } = outcome.response;
			const why = `command_status ${command_status}`;
			if (command_status === commandStatuses.ESME_ROK && command !== "generic_nack") return { kind: "reported" };
			return { kind: permanentStatuses.includes(command_status) ? "refused" : "failed", why };
		}
	}
}
