import type * as z from "zod";
import { queryFlag } from "#shared/contracts/boolean-flag.ts";
import { getSendersEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { senderDetails } from "#shared/domain/accounts/sender-details.ts";
import { admissionOnAws } from "#shared/wiring/limits-on-aws.ts";
import { authenticatedAccount, httpHandler } from "./http/http-handler.ts";
import { ok } from "./http/responses.ts";

/** GET /senders: the senders that the user may use, with their time bounds if `details=true` (R11, A46). */
export const handler = getSendersHandler(readEnv(getSendersEnv));

export function getSendersHandler(env: z.output<typeof getSendersEnv>) {
	const admitRequest = admissionOnAws(env);

	return httpHandler(async (event) => {
		const account = await authenticatedAccount(event, admitRequest);
		const isDetailed = queryFlag(event.queryStringParameters?.["details"]);
		const senders = senderDetails(account);
		return ok(isDetailed ? senders : senders.map(({ sender }) => sender));
	});
}
