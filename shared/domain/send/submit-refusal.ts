import type { StatusUpdate } from "../message/message-transitions.ts";
import { codeOfStatus, type SmscErrors } from "../receipts/smsc-errors.ts";

const systemError = 8;

/**
 * What a submit_sm_resp with a command_status says of the message: a system error is the SMSC's own failure, the rest a refusal (A36).
 * @param errors how its SMSC numbers what went wrong, where that is not as in the dictionary.
 */
export function statusUpdateOfRefusal(commandStatus: number, at: number, errors?: SmscErrors): StatusUpdate {
	const status = commandStatus === systemError ? "FAILED" : "REJECTED";
	return { status, errorCode: codeOfStatus(commandStatus, errors), at };
}
