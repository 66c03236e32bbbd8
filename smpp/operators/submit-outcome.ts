import type { RequestOutcome } from "#smpp/session/in-flight.ts";
import type { MessageFields } from "#smpp/wire/pdu.ts";
import { commandStatuses, isThrottling } from "#smpp/wire/statuses.ts";

/** One segment; absent fields are blank. The caller has encoded the text. */
export type SubmitSm = Partial<MessageFields> &
	Pick<MessageFields, "source_addr" | "destination_addr" | "data_coding" | "short_message">;

export type SubmitOutcome =
	/** `smscId` as the SMSC wrote it; "" if it is missing or unreadable. */
	| { readonly kind: "accepted"; readonly smscId: string }
	/** RTHROTTLED or RMSGQFUL: the same message may go later. */
	| { readonly kind: "throttled"; readonly commandStatus: number }
	/** The SMSC will never take it. ESME_RSUBMITFAIL also if no submit_sm can carry it. */
	| { readonly kind: "refused"; readonly commandStatus: number }
	/** The connection or the time ended before the answer. The SMSC may have it. */
	| { readonly kind: "unknown" }
	/** The SMSC does not have it: the bind is down, or the peer does not read. */
	| { readonly kind: "unsent" };

/** SMPP section 5.2.23 allows 64 characters. Longer ids than this are not stored. */
export const smscIdMax = 255;

function answered(response: Extract<RequestOutcome, { kind: "answered" }>["response"]): SubmitOutcome {
	const { command_status: commandStatus } = response;
	if (isThrottling(commandStatus)) return { kind: "throttled", commandStatus };
	if (commandStatus !== commandStatuses.ESME_ROK) return { kind: "refused", commandStatus };
	if (response.command !== "submit_sm_resp") return { kind: "unknown" };
	const { message_id: smscId } = response.fields;
	return { kind: "accepted", smscId: smscId.length <= smscIdMax ? smscId : "" };
}

export function submitOutcome(outcome: RequestOutcome): SubmitOutcome {
	switch (outcome.kind) {
		case "answered":
			return answered(outcome.response);
		case "timed_out":
		case "disconnected":
			return { kind: "unknown" };
		case "unsent":
			return { kind: "unsent" };
		case "unencodable":
			return { kind: "refused", commandStatus: commandStatuses.ESME_RSUBMITFAIL };
	}
}
