import type * as z from "zod";
import { getSendersEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { senderDetails } from "#shared/domain/accounts/sender-details.ts";
import { admissionOnAws } from "#shared/wiring/limits-on-aws.ts";
import { accountOf, httpHandler } from "./http/http-handler.ts";
import { ok } from "./http/responses.ts";

/** GET /senders: the names that this user may send under, with their windows where `details=true` asks for them (R11, A46). */
export const handler = getSendersHandler(readEnv(getSendersEnv));

/** Makes the handler of one container: its clients and its caches are its own. */
export function getSendersHandler(env: z.output<typeof getSendersEnv>) {
	const admitRequest = admissionOnAws(env);

	return httpHandler(async (event) => {
		const account = await accountOf(event, admitRequest);
		const isDetailed = event.queryStringParameters?.["details"] === "true";
		return ok(isDetailed ? senderDetails(account) : account.senders.map(({ name }) => name));
	});
}
