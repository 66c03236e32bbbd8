import smpp from "smpp";

export const commandStatuses = smpp.errors;

/** The SMSC's rate or queue is at its limit. It takes the same message later. */
export function isThrottling(commandStatus: number): boolean {
	return commandStatus === commandStatuses.ESME_RTHROTTLED || commandStatus === commandStatuses.ESME_RMSGQFUL;
}
