import type { RequestOutcome } from "#smpp/session/in-flight.ts";
import type { MessageFields } from "#smpp/wire/pdu.ts";
import { commandStatuses, isThrottling } from "#smpp/wire/statuses.ts";

/** One segment as it goes over the wire; fields left out are blank. The message is bytes: its coding is the caller's choice. */
export type SubmitSm = Partial<MessageFields> &
	Pick<MessageFields, "source_addr" | "destination_addr" | "data_coding" | "short_message">;

/** What became of one segment handed to an SMSC. Values, not exceptions: each is an ordinary day on an SMPP link. */
export type SubmitOutcome =
	/** `smscId` is as the SMSC wrote it; "" where it gave none that can be read. */
	| { readonly kind: "accepted"; readonly smscId: string }
	/** The SMSC is busy: RTHROTTLED or RMSGQFUL. The same message may go later. */
	| { readonly kind: "throttled"; readonly commandStatus: number }
	/** The SMSC will never take this message; or no submit_sm can carry it, which is told as ESME_RSUBMITFAIL. */
	| { readonly kind: "refused"; readonly commandStatus: number }
	/** The line fell, or time ran out, before an answer came. It may have been sent. */
	| { readonly kind: "unknown" }
	/** It certainly was not sent: the bind is down, or the SMSC does not read. */
	| { readonly kind: "unsent" };

/** SMPP section 5.2.23 allows 64 characters; a longer one than this is none that could be kept. */
export const smscIdMax = 255;

function answered(response: Extract<RequestOutcome, { kind: "answered" }>["response"]): SubmitOutcome {
	const { command_status: commandStatus } = response;
	if (isThrottling(commandStatus)) return { kind: "throttled", commandStatus };
	if (commandStatus !== commandStatuses.ESME_ROK) return { kind: "refused", commandStatus };
	if (response.command !== "submit_sm_resp") return { kind: "unknown" };
	const { message_id: smscId } = response.fields;
	return { kind: "accepted", smscId: smscId.length <= smscIdMax ? smscId : "" };
}

/** A request's outcome as a submit's. */
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
