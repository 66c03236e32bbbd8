import smpp from "smpp";

/** Every command_status of SMPP 3.4 by its name, as the `smpp` package tables them. */
export const commandStatuses = smpp.errors;

/** What an SMSC answers when it will take the same message later: its rate or its queue is full, the message is not at fault. */
export function isThrottling(commandStatus: number): boolean {
	return commandStatus === commandStatuses.ESME_RTHROTTLED || commandStatus === commandStatuses.ESME_RMSGQFUL;
}
