import { errorCodeFrom } from "./error-codes.ts";
import type { News } from "./message-life.ts";

const systemError = 8;

/** What a submit_sm_resp with a command_status says of the message: a system error is the SMSC's own failure, the rest a refusal (A36). */
export function newsOfRefusal(commandStatus: number, at: number): News {
	const status = commandStatus === systemError ? "FAILED" : "REJECTED";
	return { status, errorCode: errorCodeFrom(commandStatus), at };
}
