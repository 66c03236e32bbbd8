import type { Account } from "#shared/domain/accounts/account.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import type { SampledLog } from "#shared/flow/sampled-log.ts";
import type { ReadDeps } from "#shared/usecases/message/read-message.ts";
import type { WithdrawDeps } from "#shared/usecases/message/withdraw-message.ts";
import type { SmppResponse } from "#smpp/session/incoming-requests.ts";
import type { RequestPdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { answerCancel, answerQuery } from "./query-and-cancel.ts";
import type { SubmitOrigin } from "./read-submit.ts";
import { statusOf } from "./refusal-status.ts";
import { type ClientSubmitDeps, submitMany, submitOne } from "./submits.ts";

export type ClientRequestDeps = ClientSubmitDeps & {
	readonly reading: ReadDeps;
	readonly withdrawing: WithdrawDeps;
	readonly sampledLog: SampledLog;
};

/**
 * Answers a bound client (A47). A refusal is an answer, and its reason goes to the log: SMPP has no room for it. A fault
 * rejects, and the session answers ESME_RSYSERR.
 */
export async function answerRequest(
	deps: ClientRequestDeps,
	account: Account,
	pdu: RequestPdu,
	origin: SubmitOrigin,
): Promise<SmppResponse> {
	try {
		const within = await deps.limits.takeRequest(account, requestsIn(pdu));
		if (within.kind === "over") throw new Refusal("88");
		return await answerByCommand(deps, account, pdu, origin);
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		const command_status = statusOf(error);
		logRefusal(deps.sampledLog, account, pdu, { command_status, refusal: error });
		return { command_status };
	}
}

function logRefusal(
	log: SampledLog,
	{ userName }: Account,
	{ command }: RequestPdu,
	{ command_status, refusal }: { readonly command_status: number; readonly refusal: Refusal },
): void {
	const { field, message: reason } = refusal;
	const details = { user_name: userName, command, command_status, field, reason };
	log("info", "client.request_refused", details, `${userName} ${command_status} ${field}`);
}

function requestsIn(pdu: RequestPdu): number {
	return pdu.command === "submit_multi" ? Math.max(1, pdu.fields.dest_address.length) : 1;
}

async function answerByCommand(
	deps: ClientRequestDeps,
	account: Account,
	pdu: RequestPdu,
	origin: SubmitOrigin,
): Promise<SmppResponse> {
	switch (pdu.command) {
		case "submit_sm":
		case "data_sm":
			return await submitOne(deps, account, pdu, origin);
		case "submit_multi":
			return await submitMany(deps, account, pdu, origin);
		case "query_sm":
			return await answerQuery(deps.reading, account, pdu);
		case "cancel_sm":
			return await answerCancel(deps.withdrawing, account, pdu);
		case "replace_sm":
			/* An accepted message is not changed. The client can cancel it and submit another. */
			return { command_status: commandStatuses.ESME_RREPLACEFAIL };
		default:
			return { command_status: commandStatuses.ESME_RINVCMDID };
	}
}
