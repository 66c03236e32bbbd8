import type { Refusal } from "#shared/domain/message/refusal.ts";
import type { SmppResponse } from "#smpp/session/incoming-requests.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { textTlv } from "#smpp/wire/tlvs.ts";

/** Maps refusals to command_status. Most codes of the contract are SMPP's own, in decimal. */

const known: ReadonlySet<number> = new Set(Object.values(commandStatuses));

/** The quarter-hour rule is the gateway's own (A7). In SMPP it is an invalid schedule. */
const scheduleCodes: readonly (string | null)[] = ["97", "10012"];

/** Limit of additional_status_info_text (section 5.3.2.11), without its NUL. */
const infoMax = 255;

export function statusOf({ code }: Refusal): number {
	if (scheduleCodes.includes(code)) return commandStatuses.ESME_RINVSCHED;
	return code !== null && known.has(Number(code)) ? Number(code) : commandStatuses.ESME_RSUBMITFAIL;
}

/**
 * The answer to a refused request. Where SMPP has no status for it, a text says what is wrong.
 * @param takesTlvs whether the peer knows optional parameters (from version 3.4).
 */
export function refusalResponse(refusal: Refusal, takesTlvs: boolean): SmppResponse {
	const command_status = statusOf(refusal);
	if (!takesTlvs || command_status !== commandStatuses.ESME_RSUBMITFAIL) return { command_status };
	const text = refusal.message.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, infoMax);
	return { command_status, tlvs: [textTlv("additional_status_info_text", text)] };
}
