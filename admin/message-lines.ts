import { isRedacted } from "#shared/domain/message/final-text.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";

/** Messages as lines of a file. */

const textOrNull = (at: number | null) => (at === null ? null : almatyText(at));

/** A message in an export. Times are of Almaty, as in the API. */
export function exportedMessage(message: Message, withText: boolean) {
	return {
		message_id: message.messageId,
		account: message.userName,
		client_message_id: message.clientMessageId,
		batch_id: message.batchId,
		sender: message.sender,
		recipient: message.recipient,
		operator: message.operator,
		priority: message.priority,
		message_status: message.status,
		error_code: message.errorCode,
		segment_count: message.segmentCount,
		init_time: almatyText(message.acceptedAt),
		schedule: textOrNull(message.schedule),
		sent_time: textOrNull(message.sentAt),
		sent_confirm_time: textOrNull(message.confirmedAt),
		status_time: almatyText(message.statusAt),
		expire_date: almatyText(message.expiresAt),
		...(withText && { text_redacted: isRedacted(message), message_text: message.text }),
	};
}

export type LineFormat = {
	/** Before the first message. */
	header(withText: boolean): string;
	line(message: Message, withText: boolean): string;
};

export const ndjson: LineFormat = {
	header: () => "",
	line: (message, withText) => `${JSON.stringify(exportedMessage(message, withText))}\n`,
};

export function csv(delimiter: string): LineFormat {
	const row = (cells: readonly unknown[]) => `${cells.map((cell) => csvCell(cell)).join(delimiter)}\r\n`;
	return {
		header: (withText) => row(Object.keys(exportedMessage(shapeOnly, withText))),
		line: (message, withText) => row(Object.values(exportedMessage(message, withText))),
	};
}

/** Only the names of its fields are used. */
const shapeOnly = {
	acceptedAt: 0,
	statusAt: 0,
	expiresAt: 0,
	schedule: null,
	sentAt: null,
	confirmedAt: null,
} as Message;

/** What a spreadsheet takes as the beginning of a formula, at the start of a cell. */
const formula = /^[\s\p{Cc}]*[=+\-@＝＋－＠]|^[\t\r\n]/u;
/** The same where a spreadsheet with another delimiter would begin a cell. */
const innerFormula = /([,;\t|][\s"]*)(?=[=+\-@＝＋－＠])/gu;

/** A cell as RFC 4180 writes it. Texts that a spreadsheet would run as a formula get an apostrophe before them. */
export function csvCell(value: unknown): string {
	if (value === null || value === undefined) return "";
	if (typeof value !== "string") return String(value);
	const harmless = `${formula.test(value) ? "'" : ""}${value.replaceAll(innerFormula, "$1'")}`;
	return /[",;\t|\r\n']/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
