import type { StatusUpdate } from "../message/message-transitions.ts";
import { codeOfStatus, type SmscErrors } from "../receipts/smsc-errors.ts";

const systemError = 8;

/**
 * The status of a message that an SMSC refused by a command_status: FAILED for a system error, otherwise REJECTED
 * (A36).
 * @param errors the error numbers of its SMSC, if they differ from the dictionary.
 */
export function statusUpdateOfRefusal(commandStatus: number, at: number, errors?: SmscErrors): StatusUpdate {
	const status = commandStatus === systemError ? "FAILED" : "REJECTED";
	return { status, errorCode: codeOfStatus(commandStatus, errors), at };
}
