import type { Refusal } from "#shared/domain/message/refusal.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";

/** Maps refusals to command_status. Most codes of the contract are SMPP's own, in decimal. */

const known: ReadonlySet<number> = new Set(Object.values(commandStatuses));

/** The quarter-hour rule is the gateway's own (A7). In SMPP it is an invalid schedule. */
const scheduleCodes: readonly (string | null)[] = ["97", "10012"];

export function statusOf({ code }: Refusal): number {
	if (scheduleCodes.includes(code)) return commandStatuses.ESME_RINVSCHED;
	return code !== null && known.has(Number(code)) ? Number(code) : commandStatuses.ESME_RSUBMITFAIL;
}
