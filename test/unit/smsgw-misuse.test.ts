import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { UsageError } from "#admin/errors.ts";
import { program } from "#admin/program.ts";

describe("smsgw, called", () => {
	it.each([
		["no target", "accounts list", "give --stage NAME"],
		["two targets", "accounts list --stage prod --local", "not both"],
		["a wrong stage", "accounts list --stage Prod!", '"Prod!" cannot be --stage: 2 to 20 small letters'],
		["an unknown command", "acounts list --local", "acounts"],
		["an unknown option", "accounts list --fast --local", "--fast"],
		["a missing argument", "accounts show --local", "account"],
		["one argument too many", "accounts show demo demo2 --local", "too many"],
		[
			"an impossible account name",
			"accounts create a:b --local",
			'"a:b" cannot be <account>: 1 to 64 characters without',
		],
		[
			"a long sender",
			`accounts create a --sender ${"X".repeat(22)} --local`,
			'X" cannot be --sender: at most 21 characters',
		],
		["unknown time bounds", "accounts set demo --default-time-bounds always --local", ": one of def, wd99"],
		["nothing to set", "accounts set demo --local", "give --default-time-bounds or --duplicates"],
		["a wrong duration", "accounts password rotate demo --overlap soon --local", '"soon" cannot be --overlap: a whole'],
		[
			"a time without its zone",
			"reports dead resend --account demo --from 2026-11-25T09:00:00 --local",
			"cannot be --from: a time with its zone",
		],
		["reports of no account", "reports dead resend --local", "--account is missing"],
		["a restore from nowhere", "restore --restored-to 2026-11-25T09:00:00Z --local", "--from is missing"],
		[
			"a restore to a time without its zone",
			"restore --from a --restored-to 2026-11-25T09:00:00 --local",
			"cannot be --restored-to: a time with its zone",
		],
		[
			"a restore to a time to come",
			"restore --from a --restored-to 2999-11-25T09:00:00Z --local",
			"cannot be --restored-to: a time that has passed",
		],
		[
			"a restore without a table that there is not",
			"restore --from a --restored-to 2020-11-25T09:00:00Z --without mesages --local",
			'"mesages" cannot be --without: one of accounts, ',
		],
		["no URL", "accounts webhook set demo ftp://x --local", '"ftp://x" cannot be <url>: an http or https URL'],
		["half a login", "accounts webhook set demo http://x --basic-user me --local", "--basic-password-file together"],
		[
			"a wrong network",
			"accounts smpp set demo --network 10.0.0.1/64 --local",
			"cannot be --network: a network such as",
		],
		["too many binds", "accounts smpp set demo --binds 65 --local", '"65" cannot be --binds: at most 64'],
		["an unknown lane", "lanes redrive kcell --local", '"kcell" cannot be <lane>: one of'],
		["a plan for no message", "plan 0", '"0" cannot be <messages>: a whole number from 1 to'],
		["a wrong rate", "plan 1000 --tps fast", '"fast" cannot be --tps: a whole number'],
		["more binds than a plan allows", "plan 1000 --binds 65", '"65" cannot be --binds: a whole number from 1 to 64'],
		["more urgent messages than a plan allows", "plan 1000 --urgent 91", "--urgent: a whole number from 0 to 90"],
		["a wrong time of the day", "plan 1000 --at 24:00", '"24:00" cannot be --at: a time of the day'],
		["an end before its start", "plan 1000 --at 18:00 --until 09:00", "--until requires an earlier --at"],
		["an end without a start", "plan 1000 --until 09:00", "--until requires an earlier --at"],
		[
			"a limit of 0",
			"accounts limits set demo --messages-per-day 0 --local",
			'"0" cannot be --messages-per-day: at least 1',
		],
		[
			"a default that is not allowed",
			"accounts senders add demo X --default-time-bounds full --allowed-time-bounds def --local",
			"--default-time-bounds must be one of --allowed-time-bounds",
		],
	])("with %s, names the error in one line and does nothing", async (_, call, word) => {
		const printed: string[] = [];
		const root = program(
			() => expect.fail("the command ran"),
			(text) => printed.push(text),
		);

		const error: unknown = await root.parseAsync(call.split(" "), { from: "user" }).catch((thrown: unknown) => thrown);

		expect(error instanceof UsageError || (error instanceof CommanderError && error.exitCode !== 0)).toBe(true);
		const line = error instanceof UsageError ? error.message : printed.join("");
		expect(line).toContain(word);
		expect(line.trim().split("\n")).toHaveLength(1);
	});
});
