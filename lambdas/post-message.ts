import { postMessageEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { acceptanceOnAws } from "#shared/wiring/acceptance-on-aws.ts";
import { entranceOnAws, limitsOnAws } from "#shared/wiring/limits-on-aws.ts";
import { messageIntake } from "./http/message-intake.ts";

/** POST /messages: takes one message in, to go now or later (R7). */
const env = readEnv(postMessageEnv);
const limits = limitsOnAws(env);

export const handler = messageIntake({
	gateway: acceptanceOnAws(env),
	enter: entranceOnAws(env, limits),
	limits,
	publicUrl: env.PUBLIC_URL,
});
