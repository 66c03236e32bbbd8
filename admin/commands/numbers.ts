import * as z from "zod";
import { dynamoNumbers } from "#shared/aws/dynamo/dynamo-numbers.ts";
import { rnCodes } from "#shared/domain/message/operators.ts";
import { normalRecipient, operatorByPrefix } from "#shared/domain/numbers/recipient.ts";
import { routeOf } from "#shared/domain/numbers/routing.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { importFile } from "../import-file.ts";
import { count } from "../inputs.ts";
import { asRecord } from "../output.ts";

const importNumbers = command({
	call: "import <file>",
	description: "brings the table of ported and blocked numbers to what a CSV file says",
	notes: `The file is in UTF-8, its cells apart by commas or semicolons, quoted or not. Its first line names the columns, in any order:

  msisdn   the number, as 77010000000, +7 701 000 00 00 or 87010000000
  state    ported       it was taken along to the operator in rn_code
           in_progress  it is between two operators: messages to it are refused with code 37
           none         it is with whom its prefix says
  rn_code  01 Beeline, 02 Kcell/Activ, 07 Altel, 77 Tele2; read where the state is ported
  blocked  yes          messages to it are refused with code 30
           no           it is not blocked

There must be msisdn, and state or blocked or both. Other columns are not read. An empty cell, like a column that is not
there, leaves that as it was: so ported and blocked numbers may come in files of their own. A number of which nothing is
left to be known is removed. Rows that cannot be read are counted and passed over, the first ten named. The same file may
be imported again: what is so already is not written.

Exit codes: 0 every row was read, 1 some were passed over, 2 it was not done or broke off.`,
	options: [["--rows-per-second <n>", "no faster than that (2000): messages are routed by the same table meanwhile"]],
	example: "numbers import ported.csv --stage prod",
	input: z.object({
		file: z.string().min(1, "must be the name of a file"),
		rowsPerSecond: count(z.int().min(1, "must be 1 or more")).default(2_000),
	}),
	run: async ({ file, rowsPerSecond }, target) =>
		await importFile(dynamoNumbers(target.dynamo, target.table("numbers"), target.log), file, rowsPerSecond),
});

const show = command({
	call: "show <msisdn>",
	description: "what is known of a number, and where its messages go",
	example: "numbers show 77010000000 --stage prod",
	input: z.object({
		msisdn: z.string().transform(normalRecipient).pipe(z.string("is no mobile number of the country")),
	}),
	async run({ msisdn }, target) {
		const entry = (await dynamoNumbers(target.dynamo, target.table("numbers"), target.log).find([msisdn])).get(msisdn);
		if (entry === "unreadable") throw new CommandError(`the row of ${msisdn} cannot be read: another version wrote it`);
		const route = routeOf(msisdn, entry);
		const byPrefix = operatorByPrefix(msisdn);
		return asRecord({
			msisdn,
			prefix_of: byPrefix,
			ported_to: entry?.portedTo ?? null,
			porting: entry?.porting ?? false,
			blocked: entry?.blocked ?? false,
			goes_to: "operator" in route ? route.operator : null,
			rn_code: "operator" in route ? rnCodes[route.operator] : null,
			refused_with: "refused" in route ? route.refused : null,
		});
	},
});

export const numberCommands = [importNumbers, show];
