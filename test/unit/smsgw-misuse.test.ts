import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { UsageError } from "#admin/errors.ts";
import { program } from "#admin/program.ts";

describe("smsgw, called", () => {
	it.each([
		["no place", "accounts list", "--local"],
		["two places", "accounts list --stage prod --local", "not both"],
		["a stage that cannot be", "accounts list --stage Prod!", "--stage Prod!"],
		["an unknown command", "acounts list --local", "acounts"],
		["an unknown option", "accounts list --fast --local", "--fast"],
		["an argument too few", "accounts show --local", "account"],
		["an argument too many", "accounts show demo demo2 --local", "too many"],
		["a name that cannot log in", "accounts create a:b --local", "<account> must have no space, colon"],
		["a window that is none", "accounts set demo --default-time-bounds always --local", "--default-time-bounds"],
		["nothing to set", "accounts set demo --local", "must be given"],
		["a time that is none", "accounts password rotate demo --overlap soon --local", "--overlap must be"],
		[
			"a time without its zone",
			"reports dead resend --account demo --from 2026-11-25T09:00:00 --local",
			"--from must be",
		],
		["nobody's reports", "reports dead resend --local", "--account"],
		["no URL", "accounts webhook set demo ftp://x --local", "<url>"],
		["half a login", "accounts webhook set demo http://x --basic-user me --local", "--basic-user"],
		["no network", "accounts smpp set demo --network 10.0.0.1/64 --local", "--network"],
		["no lane", "lanes redrive kcell --local", "<lane> is none of"],
		["a plan for nothing", "plan 0", "<messages> must be a whole number from 1 to"],
		["a rate that is none", "plan 1000 --tps fast", "--tps must be a whole number"],
		["more binds than there can be", "plan 1000 --binds 65", "--binds must be a whole number from 1 to 64"],
		["a time of no day", "plan 1000 --at 24:00", "--at must be a time of the day"],
		["an end before its beginning", "plan 1000 --at 18:00 --until 09:00", "--until must be later than --at"],
		["an end without a beginning", "plan 1000 --until 09:00", "--until must be later than --at"],
		["no limit", "accounts limits set demo --messages-per-day 0 --local", "--messages-per-day "],
		[
			"a default that is not allowed",
			"accounts senders add demo X --default-time-bounds full --allowed-time-bounds def --local",
			"--default-time-bounds must be",
		],
	])("with %s, says what is wrong, and goes nowhere", async (_, call, word) => {
		const said: string[] = [];
		const root = program(
			() => expect.fail("it did something"),
			(text) => said.push(text),
		);

		const error: unknown = await root.parseAsync(call.split(" "), { from: "user" }).catch((thrown: unknown) => thrown);

		expect(error instanceof UsageError || (error instanceof CommanderError && error.exitCode !== 0)).toBe(true);
		const line = error instanceof UsageError ? error.message : said.join("");
		expect(line).toContain(word);
		expect(line.trim().split("\n")).toHaveLength(1);
	});
});
