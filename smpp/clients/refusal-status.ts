import type { Refusal } from "#shared/domain/message/refusal.ts";
import type { SmppResponse } from "#smpp/session/incoming-requests.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { textTlv } from "#smpp/wire/tlvs.ts";

/**
 * The one place that knows SMPP's statuses: what each refusal of ours is on the wire. The dictionary's codes are mostly SMPP's
 * own, in decimal; 1, a text's length, is one of them too.
 */

const known: ReadonlySet<number> = new Set(Object.values(commandStatuses));

/** The schedule's step is the gateway's own rule (A7): to SMPP it is a wrong schedule. */
const scheduleCodes: readonly (string | null)[] = ["97", "10012"];

/** As long as additional_status_info_text may be (section 5.3.2.11), its NUL not counted. */
const infoMax = 255;

export function statusOf({ code }: Refusal): number {
	if (scheduleCodes.includes(code)) return commandStatuses.ESME_RINVSCHED;
	return code !== null && known.has(Number(code)) ? Number(code) : commandStatuses.ESME_RSUBMITFAIL;
}

/**
 * A refusal's answer. Where SMPP has no status of its own for it, a text says what is wrong.
 * @param takesTlvs whether the peer knows optional parameters: from version 3.4 on.
 */
export function refusalResponse(refusal: Refusal, takesTlvs: boolean): SmppResponse {
	const command_status = statusOf(refusal);
	if (!takesTlvs || command_status !== commandStatuses.ESME_RSUBMITFAIL) return { command_status };
	const text = refusal.message.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, infoMax);
	return { command_status, tlvs: [textTlv("additional_status_info_text", text)] };
}
