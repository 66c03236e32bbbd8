import * as z from "zod";
import { dynamoShortCodes } from "#shared/aws/dynamo/dynamo-short-codes.ts";
import { keywordOf, type ShortCodeEntry } from "#shared/domain/incoming/short-codes.ts";
import type { ShortCodeStore } from "#shared/usecases/incoming/short-code-store.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { accountName } from "../inputs.ts";
import { asRecord, asSentence, asTable } from "../output.ts";
import type { Target } from "../target.ts";
import { accountOf } from "./account-books.ts";

/** An address of SMPP, as operators write it into what subscribers send. */
const shortCode = z
	.string()
	.regex(/^[!-~]{1,20}$/, "must be 1 to 20 letters, digits or signs, as the operator writes it");

const keyword = z
	.string()
	.max(64, "must have at most 64 characters")
	.regex(/^[^\s\p{C}]+$/u, "must be one word")
	.transform(keywordOf)
	.optional();

const keywordOption = (meaning: string) => [["--keyword <word>", meaning]] as const;

function shortCodes(target: Target): ShortCodeStore {
	return dynamoShortCodes(target.dynamo, target.table("short-codes"), target.log);
}

const entryRow = ({ shortCode, keyword, userName }: ShortCodeEntry) => ({
	short_code: shortCode,
	keyword,
	account: userName,
});

const list = command({
	call: "list",
	isDefault: true,
	description: "whose the short codes and their keywords are",
	notes: "Without a keyword it is all that no keyword of the short code fits.",
	example: "short-codes list --stage prod",
	input: z.object({}),
	run: async (_, target) => asTable((await shortCodes(target).list()).map(entryRow), "there are no short codes"),
});

const set = command({
	call: "set <short-code> <account>",
	description: "gives an account the messages that subscribers send to a short code",
	notes:
		'It takes the place of whoever had them before. Messages that came while they were nobody\'s rest as dead letters, and are\nreported after "incoming dead redrive".',
	options: keywordOption("only those that begin with this word, whatever its case"),
	example: "short-codes set 1414 kaspi --keyword stop --stage prod",
	input: z.object({ shortCode, account: accountName, keyword }),
	async run({ shortCode: code, account: userName, keyword: word = null }, target) {
		await accountOf(target, userName);
		const entry = { shortCode: code, keyword: word, userName };
		await shortCodes(target).put(entry);
		return asRecord(entryRow(entry));
	},
});

const remove = command({
	call: "remove <short-code>",
	description: "takes a short code from the account that has it",
	options: keywordOption("only what begins with this word; it is then whose the rest of the short code is"),
	irreversible: "keeps messages from the account that gets them",
	example: "short-codes remove 1414 --keyword stop --yes --stage prod",
	input: z.object({ shortCode, keyword }),
	async run({ shortCode: code, keyword: word = null }, target) {
		const store = shortCodes(target);
		const entry = (await store.find(code)).find((one) => one.keyword === word);
		const nameOf = word === null ? code : `${code} with ${word}`;
		if (entry === undefined) throw new CommandError(`${nameOf} is nobody's`);
		await store.remove(entry);
		return asSentence(`${nameOf} is taken from ${entry.userName}`, entryRow(entry));
	},
});

export const shortCodeCommands = [list, set, remove];
