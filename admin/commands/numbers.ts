import * as z from "zod";
import { dynamoNumbers } from "#shared/aws/dynamo/dynamo-numbers.ts";
import { rnCodes } from "#shared/domain/message/operators.ts";
import { operatorByPrefix } from "#shared/domain/numbers/recipient.ts";
import { routeOf } from "#shared/domain/numbers/routing.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { importFile } from "../import-file.ts";
import { count, mobileNumber } from "../inputs.ts";
import { asRecord } from "../output.ts";
import { erase } from "./numbers-erase.ts";

const importNumbers = command({
	call: "import <file>",
	description: "import ported and blocked numbers from a CSV file",
	notes: `The file is in UTF-8. Commas or semicolons separate its cells, which may be quoted. The first line names the columns, in any order:

  msisdn   the number, as 77010000000, +7 701 000 00 00 or 87010000000
  state    ported       the operator in rn_code has it
           in_progress  it is between two operators: messages to it are refused with code 37
           none         the operator of its prefix has it
  rn_code  01 Beeline, 02 Kcell/Activ, 07 Altel, 77 Tele2; read only if state is ported
  blocked  yes          messages to it are refused with code 30
           no           it is not blocked

msisdn is required, and state or blocked or both. Other columns are ignored. An empty cell or an absent column leaves the
stored value as it is, so ported and blocked numbers may be in separate files. A number that is neither ported, in progress
nor blocked is removed. Rows that cannot be read are skipped and counted, and the first ten are printed. The same file can
be imported again: only changes are written.

Exit codes: 0 every row was read, 1 some were skipped, 2 the import did not begin, or stopped early.`,
	options: [["--rows-per-second <n>", "upper limit (2000); messages are routed by the same table at the same time"]],
	example: "numbers import ported.csv --stage prod",
	input: z.object({
		file: z.string().min(1, "the name of a file"),
		rowsPerSecond: count(z.int().min(1, "a whole number, 1 or more")).default(2_000),
	}),
	run: async ({ file, rowsPerSecond }, target) =>
		await importFile(dynamoNumbers(target.dynamo, target.table("numbers"), target.log), file, rowsPerSecond),
});

const show = command({
	call: "show <msisdn>",
	description: "show a number's operator, and whether it is ported or blocked",
	example: "numbers show 77010000000 --stage prod",
	input: z.object({
		msisdn: mobileNumber,
	}),
	async run({ msisdn }, target) {
		const entry = (await dynamoNumbers(target.dynamo, target.table("numbers"), target.log).find([msisdn])).get(msisdn);
		if (entry === "unreadable")
			throw new CommandError(`the row of ${msisdn} cannot be read: another version of the gateway wrote it`);
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

export const numberCommands = [importNumbers, show, erase];
