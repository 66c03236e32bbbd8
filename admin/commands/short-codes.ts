import * as z from "zod";
import { dynamoShortCodes } from "#shared/aws/dynamo/dynamo-short-codes.ts";
import { keywordOf, type ShortCodeEntry } from "#shared/domain/incoming/short-codes.ts";
import type { ShortCodeStore } from "#shared/usecases/incoming/short-code-store.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { accountName } from "../inputs.ts";
import { asRecord, asSentence, asTable } from "../output.ts";
import type { Target } from "../target.ts";
import { accountOf } from "./account-repositories.ts";

/** The SMPP address to which subscribers send. */
const shortCode = z.string().regex(/^[!-~]{1,20}$/, "1 to 20 letters, digits or signs, as the operator writes it");

const keywordText = "one word of at most 64 characters";
const keyword = z
	.string()
	.max(64, keywordText)
	.regex(/^[^\s\p{C}]+$/u, keywordText)
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
	description: "list the accounts of short codes and keywords",
	notes: "An entry without a keyword applies to messages that match no keyword of the short code.",
	example: "short-codes list --stage prod",
	input: z.object({}),
	run: async (_, target) => asTable((await shortCodes(target).list()).map(entryRow), "no short codes"),
});

const set = command({
	call: "set <short-code> <account>",
	description: "deliver messages that subscribers send to a short code to an account",
	notes:
		'It replaces the previous account. Messages that came while the short code had no account are dead letters; run\n"incoming dead redrive" to report them.',
	options: keywordOption("only messages that begin with this word, in any case"),
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
	description: "remove a short code from its account",
	options: keywordOption("remove only this keyword; its messages then go where the others of the short code go"),
	irreversible: "stops the delivery of these messages to the account",
	example: "short-codes remove 1414 --keyword stop --yes --stage prod",
	input: z.object({ shortCode, keyword }),
	async run({ shortCode: code, keyword: word = null }, target) {
		const store = shortCodes(target);
		const entry = (await store.find(code)).find((one) => one.keyword === word);
		const nameOf = word === null ? `short code ${code}` : `short code ${code} with keyword ${word}`;
		if (entry === undefined) throw new CommandError(`${nameOf} has no account`);
		await store.remove(entry);
		return asSentence(`${nameOf} is removed from ${entry.userName}`, entryRow(entry));
	},
});

export const shortCodeCommands = [list, set, remove];
