import { postMessageEnv } from "#shared/contracts/environments.ts";
import { messageBody } from "#shared/contracts/message-body.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { Refusal } from "#shared/domain/refusal.ts";
import { acceptMessages } from "#shared/usecases/accept-messages.ts";
import { acceptanceOnAws } from "#shared/wiring/acceptance-on-aws.ts";
import { doorkeeperOnAws } from "#shared/wiring/doorkeeper-on-aws.ts";
import { created, refused } from "./http/answers.ts";
import { accountOf, bodyOf, httpHandler } from "./http/http-handler.ts";

/** POST /messages: takes one message in, to go now or later (R7). */
const env = readEnv(postMessageEnv);
const gateway = acceptanceOnAws(env);
const doorkeeper = doorkeeperOnAws(env);

export const handler = httpHandler(async (event) => {
	const account = await accountOf(event, doorkeeper);
	const [outcome] = await acceptMessages(gateway, account, [bodyOf(event, messageBody)]);
	if (outcome === undefined) throw new Error("a request has no outcome");
	if (outcome.kind === "refused") throw outcome.refusal;
	const location = `${env.PUBLIC_URL}/messages/${outcome.messageId}`;
	const body = { message_id: String(outcome.messageId) };
	if (outcome.kind === "accepted") return created(location, body);
	const duplicate = new Refusal("23", { field: "client_message_id" });
	return refused(duplicate, event.requestContext.requestId, { ...body, location });
});
