import type { Account } from "#shared/domain/accounts/account.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { isFinal } from "#shared/domain/message/statuses.ts";
import { normalRecipient } from "#shared/domain/numbers/recipient.ts";
import { type ReadDeps, readMessage } from "#shared/usecases/message/read-message.ts";
import { type WithdrawDeps, withdrawMessage } from "#shared/usecases/message/withdraw-message.ts";
import type { SmppResponse } from "#smpp/session/incoming-requests.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { absoluteTime } from "#smpp/wire/times.ts";
import { messageStates } from "./message-states.ts";

const { ESME_RCANCELFAIL, ESME_RINVMSGID, ESME_ROK, ESME_RQUERYFAIL } = commandStatuses;

function messageIdIn(text: string): number | null {
	const id = /^\d{1,16}$/.test(text) ? Number(text) : 0;
	return id > 0 && Number.isSafeInteger(id) ? id : null;
}

/** error_code has one octet. A missing code, and the gateway's own codes above 255, are 0. */
const octetOf = (errorCode: string | null) => (Number(errorCode ?? 0) <= 255 ? Number(errorCode ?? 0) : 0);

/** Whether the addresses of a request are those of the message. Clients may leave them out. */
function isBetween({ sender, recipient }: Message, source: string, destination: string): boolean {
	return (source === "" || source === sender) && (destination === "" || normalRecipient(destination) === recipient);
}

/** query_sm. The message of another account counts as unknown. */
export async function answerQuery(reading: ReadDeps, account: Account, pdu: Pdu<"query_sm">): Promise<SmppResponse> {
	const { message_id, source_addr } = pdu.fields;
	const messageId = messageIdIn(message_id);
	const read = messageId === null ? null : await readMessage(reading, account.userName, messageId);
	if (read?.kind !== "found") return { command_status: ESME_RINVMSGID };
	if (!isBetween(read.message, source_addr, "")) return { command_status: ESME_RQUERYFAIL };
	const { status, statusAt, errorCode } = read.message;
	return {
		command_status: ESME_ROK,
		fields: {
			message_id,
			final_date: isFinal(status) ? absoluteTime(statusAt) : "",
			message_state: messageStates[status],
			error_code: octetOf(errorCode),
		},
	};
}

/** cancel_sm: withdraws a scheduled message, as DELETE does (R8). Many by their destination: not supported. */
export async function answerCancel(
	withdrawing: WithdrawDeps,
	account: Account,
	pdu: Pdu<"cancel_sm">,
): Promise<SmppResponse> {
	const { message_id, source_addr, destination_addr } = pdu.fields;
	if (message_id === "") return { command_status: ESME_RCANCELFAIL };
	const messageId = messageIdIn(message_id);
	const isMeant = (message: Message) => isBetween(message, source_addr, destination_addr);
	const outcome = messageId === null ? null : await withdrawMessage(withdrawing, account.userName, messageId, isMeant);
	switch (outcome?.kind) {
		case "withdrawn":
			return { command_status: ESME_ROK };
		case "unmeant":
		case "unscheduled":
		case "gone":
			return { command_status: ESME_RCANCELFAIL };
		default:
			return { command_status: ESME_RINVMSGID };
	}
}
