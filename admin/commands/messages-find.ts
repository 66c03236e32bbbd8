import * as z from "zod";
import { operators } from "#shared/domain/message/operators.ts";
import { statuses } from "#shared/domain/message/statuses.ts";
import { anyMessage } from "#shared/domain/search/message-criteria.ts";
import { pageKeysMax } from "#shared/usecases/search/find-messages.ts";
import { command } from "../command.ts";
import { accountName, count, instant, mobileNumber } from "../inputs.ts";
import { type SearchedPage, searchMessages } from "../message-search.ts";
import { asTable } from "../output.ts";
import { foundMessageRow } from "../views/found-messages.ts";

const idText = "an id of at most 16 digits";
const id = z
	.string()
	.regex(/^[1-9]\d{0,15}$/, idText)
	.transform(Number)
	.refine((one) => Number.isSafeInteger(one), idText);
const words = z.string().min(1);

/** Of --all. A page of a narrow search may have no messages, and is read all the same. */
const allMax = 10_000;
const pagesMax = 1_000;

const status = z
	.string()
	.transform((written) => written.toUpperCase())
	.pipe(z.enum(statuses, `one of ${statuses.join(", ")}`));

const optionOf = (criterion: string) => `--${criterion.replaceAll("_", "-")}`;

export const find = command({
	call: "find",
	description: "find messages by recipient, client_message_id, batch, SMSC id or message id",
	notes: `One of --recipient, --client-id with --account, --batch, --smsc-id and --message is needed; the others narrow the search. The
newest messages come first, those of a batch in its order. A page reads at most ${pageKeysMax} messages, so with --sender, --status or
--operator it may have fewer than --limit, or none, although others follow: go on with --cursor, or give --all.

Messages are found by recipient from a second after they came, and only if they came since the stage has a searchIndex.
--smsc-id needs --recipient too, unless the operator's receipts name no recipient.`,
	options: [
		["--recipient <number>", "the number, as 77010000000, +7 701 000 00 00 or 87010000000"],
		["--client-id <id>", "the client's own id, of the --account"],
		["--batch <id>", "the batch"],
		["--smsc-id <id>", "an SMSC's id of one of its segments"],
		["--message <id>", "the message id"],
		["--account <account>", "only of this account"],
		["--operator <operator>", "only by this operator"],
		["--sender <sender>", "only with this sender"],
		["--status <status>", "only with this status now"],
		["--from <time>", "accepted at or after this time, with its zone"],
		["--to <time>", "accepted until this time, with its zone"],
		["--limit <n>", `messages in a page, 1 to ${pageKeysMax} (20)`],
		["--cursor <text>", "continue a search where its page ended"],
		["--all", `all pages, up to ${allMax} messages found or ${pagesMax} pages`],
	],
	example: "messages find --recipient 77010000000 --from 2026-11-28T09:00:00+05:00 --stage prod",
	input: z
		.object({
			recipient: mobileNumber.optional(),
			clientId: words.max(64).optional(),
			batch: id.optional(),
			smscId: words.optional(),
			message: id.optional(),
			account: accountName.optional(),
			operator: z.enum(operators, `one of ${operators.join(", ")}`).optional(),
			sender: words.optional(),
			status: status.optional(),
			from: instant.optional(),
			to: instant.optional(),
			limit: count(z.int().min(1).max(pageKeysMax), `a whole number from 1 to ${pageKeysMax}`).default(20),
			cursor: words.optional(),
			all: z.boolean().default(false),
		})
		.refine(({ clientId, account }) => clientId === undefined || account !== undefined, {
			error: "--client-id needs --account: each account has ids of its own",
		}),
	async run({ clientId, batch, message, account, limit, cursor, all, ...others }, target) {
		const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
		const criteria = {
			...anyMessage,
			...given,
			clientMessageId: clientId ?? null,
			batchId: batch ?? null,
			messageId: message ?? null,
			userName: account ?? null,
		};
		const page = async (from: string | undefined) =>
			await searchMessages(target, criteria, { limit: all ? pageKeysMax : limit, cursor: from, named: optionOf });
		const { messages, nextCursor } = all ? await allPages(page, cursor) : await page(cursor);
		const rows = messages.map(foundMessageRow);
		const more = nextCursor === null ? "" : `\nmore may follow: --cursor ${nextCursor}`;
		const { text } = asTable(rows, "no messages found");
		return { data: { messages: rows, next_cursor: nextCursor }, text: `${text}${more}` };
	},
});

/** The messages of all pages, until enough were found or read. */
export async function allPages(
	page: (cursor: string | undefined) => Promise<SearchedPage>,
	cursor: string | undefined,
): Promise<SearchedPage> {
	const messages: SearchedPage["messages"][number][] = [];
	let nextCursor = cursor ?? null;
	for (let pages = 0; pages < pagesMax && messages.length < allMax; pages += 1) {
		const found = await page(nextCursor ?? undefined);
		messages.push(...found.messages);
		nextCursor = found.nextCursor;
		if (nextCursor === null) break;
	}
	return { messages, nextCursor };
}
