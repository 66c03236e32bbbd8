import { describe, expect, it } from "vitest";
import { messageQueries } from "#admin/console/message-queries.ts";
import type { Target } from "#admin/target.ts";
import { searchProblem } from "#console/views/search-problem.ts";

describe("a search of the console", () => {
	it.each([
		["?recipient=77010000000", null],
		["?message=1&status=NEW", null],
		["?client_id=a&account=demo", null],
		["?client_id=a&batch=7", null],
		["?client_id=a&account=%20", "clientIdNeedsAccount"],
		["?client_id=a&sender=SMSGW", "clientIdNeedsAccount"],
		["?status=NEW", "findHint"],
		["?account=demo&sender=SMSGW", "findHint"],
		["?recipient=", "findHint"],
	])("is checked in the page before it reads: %s", (search, problem) => {
		expect(searchProblem(search)).toBe(problem);
	});

	it.each([
		[{ status: "NEW" }, /give recipient, client_id with account, batch, smsc_id or message/],
		[{ recipient: "77010000000", cursor: "x" }, /cursor is not of this search/],
	])("names parameters in its errors, not options of the command line: %j", async (given, error) => {
		const target = { prefix: "smsgw-x", settings: null, table: (role: string) => role, dynamo: {} };
		const { input, read } = messageQueries.messages;
		const reading = read(target as unknown as Target, input.parse(given) as never);

		await expect(reading).rejects.toThrow(error);
		await expect(reading).rejects.not.toThrow(/--/);
	});
});
