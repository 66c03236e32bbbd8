import * as z from "zod";
import { statuses } from "#shared/domain/message/statuses.ts";
import { anyMessage } from "#shared/domain/search/message-criteria.ts";
import { messageId, messageRecord } from "../commands/messages.ts";
import { accountName, mobileNumber } from "../inputs.ts";
import { searchMessages } from "../message-search.ts";
import { foundMessageRow } from "../views/found-messages.ts";
import { timelineLines } from "../views/timeline-text.ts";
import { timelineLanguages, timelineTexts } from "../views/timeline-words.ts";
import { consoleQuery, type Query } from "./action.ts";

/** Messages on a page. */
const limit = 25;
const words = z.string().min(1).max(100);

const criteria = z
	.object({
		recipient: mobileNumber.optional(),
		message: messageId.optional(),
		client_id: words.optional(),
		batch: messageId.optional(),
		smsc_id: words.optional(),
		account: accountName.optional(),
		sender: words.optional(),
		status: z.enum(statuses).optional(),
		cursor: words.max(500).optional(),
	})
	.strict();

export const messageQueries = {
	messages: consoleQuery(criteria, async (target, given) => {
		const { recipient, message, client_id, batch, smsc_id, account, sender, status, cursor } = given;
		const wanted = {
			...anyMessage,
			...{ recipient: recipient ?? null, messageId: message ?? null, clientMessageId: client_id ?? null },
			...{ batchId: batch ?? null, smscId: smsc_id ?? null, userName: account ?? null },
			...{ sender: sender ?? null, status: status ?? null },
		};
		const { messages, nextCursor } = await searchMessages(target, wanted, { limit, cursor, named: String });
		return { messages: messages.map(foundMessageRow), next_cursor: nextCursor };
	}),
	message: consoleQuery(
		z.object({ id: messageId, language: z.enum(timelineLanguages).default("en") }),
		async (target, { id, language }) => {
			const { record, history, timeline } = await messageRecord(target, id, false);
			return { message: record, history, lines: timelineLines(timeline, Date.now(), timelineTexts[language]) };
		},
	),
} as const satisfies Record<string, Query>;
