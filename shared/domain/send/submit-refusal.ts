import type { StatusUpdate } from "../message/message-transitions.ts";
import { codeOfStatus, type SmscErrors } from "../receipts/smsc-errors.ts";

/** ESME_RSYSERR and ESME_RX_T_APPN, if the SMSC's settings make them permanent. */
const ownFaults: readonly number[] = [8, 100];

/**
 * The status of a message that an SMSC refused for good: FAILED for a fault of its own, otherwise REJECTED (A36).
 * @param errors the error numbers of its SMSC, if they differ from the dictionary.
 */
export function statusUpdateOfRefusal(commandStatus: number, at: number, errors?: SmscErrors): StatusUpdate {
	const status = ownFaults.includes(commandStatus) ? "FAILED" : "REJECTED";
	return { status, errorCode: codeOfStatus(commandStatus, errors), at };
}
