import { dynamoBatches } from "#shared/aws/dynamo/dynamo-batches.ts";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { dynamoSearchIndex } from "#shared/aws/dynamo/dynamo-search-index.ts";
import { dynamoSubmissions } from "#shared/aws/dynamo/dynamo-submissions.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { cursorAt, placeInCursor } from "#shared/domain/search/cursor.ts";
import type { MessageCriteria } from "#shared/domain/search/message-criteria.ts";
import { accountsMax, type FindMessagesDeps, findMessages } from "#shared/usecases/search/find-messages.ts";
import { CommandError, UsageError } from "./errors.ts";
import type { Target } from "./target.ts";

export type SearchPage = {
	readonly limit: number;
	readonly cursor: string | undefined;
	/** How the caller gives a criterion, for errors: `--client-id`, `client_id`. */
	readonly named: (criterion: Criterion) => string;
};

type Criterion = "recipient" | "message" | "client_id" | "account" | "batch" | "smsc_id" | "cursor";

export type SearchedPage = { readonly messages: readonly Message[]; readonly nextCursor: string | null };

/** An operator may choose any criteria, so a cursor need only recognise a mistake. */
const cursorKey = "smsgw messages find";

/**
 * Finds messages of any account, for the command line and the console. It writes nothing.
 * @throws UsageError for criteria that lead to no messages, and for a cursor of another search; CommandError if the stage
 * cannot search by number.
 */
export async function searchMessages(
	target: Target,
	criteria: MessageCriteria,
	page: SearchPage,
): Promise<SearchedPage> {
	const { named } = page;
	const after = page.cursor === undefined ? null : placeInCursor(cursorKey, criteria, page.cursor);
	if (page.cursor !== undefined && after === null)
		throw new UsageError(`${named("cursor")} is not of this search: give it with the same criteria as before`);
	const outcome = await findMessages(await searchOf(target, criteria), criteria, { limit: page.limit, after });
	switch (outcome.kind) {
		case "found":
			return {
				messages: outcome.messages.map(({ message }) => message),
				nextCursor: outcome.next === null ? null : cursorAt(cursorKey, criteria, outcome.next),
			};
		case "unbounded":
			throw new UsageError(
				`give ${named("recipient")}, ${named("client_id")} with ${named("account")}, ${named("batch")}, ${named("smsc_id")} or ${named("message")}; the others only narrow a search`,
			);
		case "no_index":
			throw new CommandError(
				`${target.prefix} does not search by number (searchIndex is false): give ${named("client_id")} with ${named("account")}, or ${named("batch")}`,
			);
		case "many_accounts":
			throw new CommandError(`more than ${accountsMax} accounts have sent to this number: give ${named("account")}`);
	}
}

async function searchOf(target: Target, criteria: MessageCriteria): Promise<FindMessagesDeps> {
	const { dynamo, log } = target;
	const isIndexed = target.settings?.searchIndex ?? true;
	return {
		messages: dynamoMessages(dynamo, target.table("messages"), Date.now, log),
		reportBatches: dynamoReportBatches(dynamo, target.table("reports"), log),
		batches: dynamoBatches(dynamo, target.table("batches"), Date.now),
		submissions: dynamoSubmissions(dynamo, target.table("submissions"), Date.now, log),
		index: isIndexed ? dynamoSearchIndex(dynamo, target.table("messages"), "by-recipient") : null,
		idKey: criteria.clientMessageId === null ? "" : await target.messageIdKey(),
	};
}
