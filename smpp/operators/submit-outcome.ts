import { meaningOf, type OwnMeanings, type StatusMeaning } from "#shared/domain/send/status-meanings.ts";
import type { RequestOutcome } from "#smpp/session/in-flight.ts";
import type { MessageFields, ResponsePdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";

/** One segment; absent fields are blank. The caller has encoded the text. */
export type SubmitSm = Partial<MessageFields> &
	Pick<MessageFields, "source_addr" | "destination_addr" | "data_coding" | "short_message">;

export type SubmitOutcome =
	/** `smscId` as the SMSC wrote it; "" if it is missing or unreadable. */
	| { readonly kind: "accepted"; readonly smscId: string }
	/**
	 * The same message may go later (see `StatusMeaning`). Temporary with ESME_RSUBMITFAIL also if no submit_sm can carry it:
	 * that is a fault of the gateway or its settings, and the SMSC has refused nothing.
	 */
	| { readonly kind: Exclude<StatusMeaning, "permanent">; readonly commandStatus: number }
	/** The SMSC will never take it. */
	| { readonly kind: "refused"; readonly commandStatus: number }
	/**
	 * The connection or the time ended before the answer. The SMSC may have it. If only the time ended, `late` resolves with
	 * the answer when it comes, or with null when the connection ends.
	 */
	| { readonly kind: "unknown"; readonly late?: Promise<SubmitOutcome | null> }
	/** The SMSC does not have it: the bind is down, or the peer does not read. */
	| { readonly kind: "unsent" };

/** SMPP section 5.2.23 allows 64 characters. Longer ids than this are not stored. */
export const smscIdMax = 255;

function answered(response: ResponsePdu, own?: OwnMeanings): SubmitOutcome {
	const { command_status: commandStatus } = response;
	if (commandStatus !== commandStatuses.ESME_ROK) {
		const meaning = meaningOf(commandStatus, own);
		return { kind: meaning === "permanent" ? "refused" : meaning, commandStatus };
	}
	if (response.command !== "submit_sm_resp") return { kind: "unknown" };
	const { message_id: smscId } = response.fields;
	return { kind: "accepted", smscId: smscId.length <= smscIdMax ? smscId : "" };
}

/** @param own this SMSC's meanings of command_status, where they differ from the default ones. */
export function submitOutcome(outcome: RequestOutcome, own?: OwnMeanings): SubmitOutcome {
	switch (outcome.kind) {
		case "answered":
			return answered(outcome.response, own);
		case "timed_out":
			return {
				kind: "unknown",
				...(outcome.late && { late: outcome.late.then((late) => late && answered(late, own)) }),
			};
		case "disconnected":
			return { kind: "unknown" };
		case "unsent":
			return { kind: "unsent" };
		case "unencodable":
			return { kind: "temporary", commandStatus: commandStatuses.ESME_RSUBMITFAIL };
	}
}
