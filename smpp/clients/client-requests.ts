import type { Account } from "#shared/domain/account.ts";
import { Refusal } from "#shared/domain/refusal.ts";
import type { Reading } from "#shared/usecases/read-message.ts";
import type { Withdrawing } from "#shared/usecases/withdraw-message.ts";
import type { Answer } from "#smpp/session/serving.ts";
import type { RequestPdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { cancel, query } from "./inquiries.ts";
import { refusedWith } from "./refusal-status.ts";
import { type Submitting, submitMany, submitOne } from "./submits.ts";

export type RequestDeps = Submitting & { readonly reading: Reading; readonly withdrawing: Withdrawing };

/** Optional parameters came with version 3.4 (section 3.4.4): an older peer must not get any. */
export const knowsTlvs = (interfaceVersion: number) => interfaceVersion >= 0x34;

/**
 * What a bound client's request is answered (A47). A refusal is an answer; a fault of ours rejects, and the session makes ESME_RSYSERR of it.
 */
export async function answerRequest(
	deps: RequestDeps,
	account: Account,
	pdu: RequestPdu,
	interfaceVersion: number,
): Promise<Answer> {
	try {
		const within = await deps.limits.takeRequest(account, requestsIn(pdu));
		if (within.kind === "over") throw new Refusal("88");
		return await worked(deps, account, pdu);
	} catch (error) {
		if (error instanceof Refusal) return refusedWith(error, knowsTlvs(interfaceVersion));
		throw error;
	}
}

/** A submit_multi is as much as the submit_sm that it stands for. */
function requestsIn(pdu: RequestPdu): number {
	return pdu.command === "submit_multi" ? Math.max(1, pdu.fields.dest_address.length) : 1;
}

async function worked(deps: RequestDeps, account: Account, pdu: RequestPdu): Promise<Answer> {
	switch (pdu.command) {
		case "submit_sm":
		case "data_sm":
			return await submitOne(deps, account, pdu);
		case "submit_multi":
			return await submitMany(deps, account, pdu);
		case "query_sm":
			return await query(deps.reading, account, pdu);
		case "cancel_sm":
			return await cancel(deps.withdrawing, account, pdu);
		case "replace_sm":
			/* What was taken in is not changed: it may be withdrawn and sent anew. */
			return { command_status: commandStatuses.ESME_RREPLACEFAIL };
		default:
			return { command_status: commandStatuses.ESME_RINVCMDID };
	}
}
