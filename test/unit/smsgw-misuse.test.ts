import { CommanderError } from "commander";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { UsageError } from "#admin/errors.ts";
import { program } from "#admin/program.ts";
import { runCommandLine } from "#admin/run.ts";
import { commandsOf } from "#test/command-tree.ts";

describe("smsgw, called", () => {
	it.each([
		["no target", "accounts list", "give --stage NAME"],
		["two targets", "accounts list --stage prod --local", "not both"],
		["a wrong stage", "accounts list --stage Prod!", '"Prod!" cannot be --stage: 2 to 20 small letters'],
		["an unknown command", "acounts list --local", "acounts"],
		["an unknown option", "accounts list --fast --local", "--fast"],
		["a missing argument", "accounts show --local", "account"],
		["one argument too many", "accounts show demo demo2 --local", "too many"],
		["a misspelt command of a group", "accounts lst --local", '"lst" is neither a command nor an argument here'],
		[
			"an impossible account name",
			"accounts create a:b --local",
			'"a:b" cannot be <account>: 1 to 64 characters without',
		],
		["no default time bounds", "accounts create a --local", "--default-time-bounds is missing"],
		[
			"a sender in another alphabet",
			"accounts senders add a Очень --local",
			'"Очень" cannot be <sender>: 1 to 11 Latin',
		],
		[
			"a password in a URL",
			"accounts webhook set a https://me:hunter2@x.kz/ --local",
			'"https://***@x.kz/" cannot be <url>: a URL without a name and password',
		],
		[
			"a long sender",
			`accounts create a --default-time-bounds full --sender ${"X".repeat(12)} --local`,
			'X" cannot be --sender: 1 to 11 Latin letters, digits and signs, or a number of up to 20 digits',
		],
		["unknown time bounds", "accounts set demo --default-time-bounds always --local", ": one of def, wd99"],
		["nothing to set", "accounts set demo --local", "give --default-time-bounds, --final-texts or --duplicates"],
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
			'"mesages" cannot be --without: one of counts, ',
		],
		["no URL", "accounts webhook set demo ftp://x --local", '"ftp://x" cannot be <url>: an http or https URL'],
		[
			"a URL without its scheme",
			"accounts webhook set kaspi kaspi.example/reports --local",
			'"kaspi.example/reports" cannot be <url>: an http or https URL',
		],
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

const leaves = commandsOf(program(() => undefined));
const nonsense = [
	"",
	" ",
	"-1",
	"🐫",
	"a:b c",
	"../x",
	"x".repeat(5_000),
	"two\nlines\u001b[31m",
	"undefined",
	"[object]",
	"kaspi.example/reports",
	"https://",
	"https://exa mple.com:99999/",
];

/** Wrong calls of each command: too little, too much, and nonsense for every argument and option. */
const wrongCalls = leaves.flatMap(({ path, command }) => {
	const words = path.split(" ");
	const needed = command.registeredArguments.length;
	const args = Array.from({ length: needed }, () => "1");
	const valued = command.options.filter(({ required }) => required).map(({ long }) => long ?? "");
	return [
		[...words, ...args.slice(1)],
		[...words, ...args, "extra"],
		[...words, ...args, "--unheard-of"],
		...valued.map((flag) => [...words, ...args, flag]),
		...nonsense.flatMap((text) => [
			...args.map((_, index) => [...words, ...args.with(index, text)]),
			...valued.map((flag) => [...words, ...args, `${flag}=${text}`]),
		]),
	];
});

describe("smsgw, called wrongly in every way", () => {
	/* No local stack answers at this port, so a call that is right ends there. */
	beforeAll(() => void vi.stubEnv("SMSGW_HTTP_PORT", "1"));
	afterAll(() => void vi.unstubAllEnvs());

	const run = async (args: readonly string[]) => {
		const [out, err]: [string[], string[]] = [[], []];
		const code = await runCommandLine(args, { out: (text) => out.push(text), err: (text) => err.push(text) });
		return { code, out: out.join(""), err: err.join("") };
	};

	it.each(leaves.map(({ path }) => path))("prints one clear line: %s", async (path) => {
		const calls = wrongCalls.filter((args) => args.slice(0, path.split(" ").length).join(" ") === path);
		for (const args of calls) {
			const { code, out, err } = await run([...args, ...(path === "plan" ? [] : ["--local"])]);
			if (path === "plan" && code === 0) continue;

			/* 1 only if all words are right: then the command looks for the local stack. */
			expect(code, args.join(" ")).toBe(err.includes("no local stack answers") ? 1 : 2);
			expect(out).toBe("");
			expect(err, args.join(" ")).toMatch(/^smsgw[a-z -]*: [^\n]{5,}\n$/);
			expect(err.replaceAll(/"[^"]*"/g, "").slice(0, 500)).not.toMatch(/undefined|\[object|Invalid input|at .*\.ts:/);
			expect(err.length).toBeLessThan(1_000);
		}
		expect(calls.length).toBeGreaterThan(1);
	});

	it.each([
		["webhook set kaspi https://u:secret@host/ extra", "webhook"],
		["accounts webhook https://u:secret@host/", "https://***@host/"],
		["accounts webhook set kaspi https://u:secret@host/ extra --local", "kaspi, https://***@host/, extra"],
		["accounts webhook set kaspi u:secret@host/x --local", "***@host/x"],
		["accounts webhook set kaspi https://u:se#cret@host/ --local", "https://***@host/"],
		["https://u:secret@host/", "https://***@host/"],
		["accounts https://u:secret@host/ --local", "https://***@host/"],
		["lanes https://u:secret@host/ --local", "https://***@host/"],
		["accounts webhook set kaspi --url=https://u:secret@host/ --local", "--url=https://***@host/"],
		["accounts limits --stage https://u:secret@host/", "a command is missing"],
		["accounts list --stage https://u:secret@host/", "https://***@host/"],
	])("prints no password: %s", async (call, word) => {
		const { code, out, err } = await run(call.split(" "));

		expect([code, out]).toEqual([2, ""]);
		expect(err).toContain(word);
		expect(err).not.toMatch(/se.?cret/);
	});

	it.each([
		["reports --local", "smsgw reports: a command is missing: dead\n"],
		["accounts limits --stage prod", "smsgw accounts limits: a command is missing: set\n"],
		["--stage prod accounts limits", "smsgw accounts limits: a command is missing: set\n"],
		["accounts --stage=prod --json limits", "smsgw accounts limits: a command is missing: set\n"],
		["accounts --stage accounts limits", "smsgw accounts limits: a command is missing: set\n"],
	])("names the commands of a group that is called without one: %s", async (call, err) => {
		expect(await run(call.split(" "))).toEqual({ code: 2, out: "", err });
	});
});

describe("smsgw help", () => {
	const printed = async (args: readonly string[]) => {
		const pieces: string[] = [];
		vi.spyOn(process.stdout, "write").mockImplementation((text) => pieces.push(String(text)) > 0);
		const code = await runCommandLine(args, { out: () => undefined, err: (text) => pieces.push(`error: ${text}`) });
		vi.restoreAllMocks();
		return { code, text: pieces.join("") };
	};

	it.each([
		[[], "smsgw"],
		[["help"], "smsgw"],
		[["--help"], "smsgw"],
		[["help", "accounts"], "smsgw accounts"],
		[["accounts", "help"], "smsgw accounts"],
		[["help", "accounts", "webhook", "set"], "smsgw accounts webhook set"],
		[["accounts", "webhook", "help", "set"], "smsgw accounts webhook set"],
		[["--local", "help"], "smsgw"],
		[["help", "--local"], "smsgw"],
		[["--stage", "prod", "accounts", "help"], "smsgw accounts"],
		[["--stage=prod", "accounts", "--json", "help", "show"], "smsgw accounts show"],
		[["help", "--stage", "prod", "accounts", "show"], "smsgw accounts show"],
		[["--stage", "help", "help", "accounts"], "smsgw accounts"],
	])("is printed by smsgw %j", async (args, path) => {
		const { code, text } = await printed(args);

		expect(code).toBe(0);
		expect(text).toMatch(new RegExp(`^Usage: ${path} \\[options\\]`));
	});
});
