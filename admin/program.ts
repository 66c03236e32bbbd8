import { Command } from "commander";
import { addCommand, addGroup, type CommandSpec, type PrintOutput, withCommonOptions } from "./command.ts";
import { deadSmppCommands } from "./commands/account-dead-letters.ts";
import { limitCommands } from "./commands/account-limits.ts";
import { passwordCommands } from "./commands/account-passwords.ts";
import { senderCommands } from "./commands/account-senders.ts";
import { smppCommands } from "./commands/account-smpp.ts";
import { webhookSecretCommands } from "./commands/account-webhook-secrets.ts";
import { webhookCommands } from "./commands/account-webhooks.ts";
import { accountCommands } from "./commands/accounts.ts";
import { backup } from "./commands/backup.ts";
import { batchCommands } from "./commands/batches.ts";
import { conformance } from "./commands/conformance.ts";
import { openConsole } from "./commands/console.ts";
import { deadIncomingCommands, deadReceiptCommands } from "./commands/dead-letter-queues.ts";
import { doctor } from "./commands/doctor.ts";
import { laneCommands } from "./commands/lanes.ts";
import { listenToReports } from "./commands/listen.ts";
import { messageCommands } from "./commands/messages.ts";
import { exportMessages } from "./commands/messages-export.ts";
import { numberCommands } from "./commands/numbers.ts";
import { operatorCommands } from "./commands/operators.ts";
import { plan } from "./commands/plan.ts";
import { deadReportCommands } from "./commands/reports.ts";
import { restore } from "./commands/restore.ts";
import { shortCodeCommands } from "./commands/short-codes.ts";
import { stats, usageCommands } from "./commands/stats.ts";
import { trigger } from "./commands/trigger.ts";
import { oneLine, withShownWords } from "./errors.ts";

type Branch = {
	readonly name: string;
	readonly description: string;
	readonly commands: readonly CommandSpec[];
	readonly branches?: readonly Branch[];
};

const deadLettersBranch = (commands: readonly CommandSpec[]): Branch => ({
	name: "dead",
	description: "dead letters",
	commands,
});

const accounts: Branch = {
	name: "accounts",
	description: "client accounts: access, senders, limits, reports",
	commands: accountCommands,
	branches: [
		{ name: "password", description: "an account's passwords", commands: passwordCommands },
		{ name: "senders", description: "senders that an account may use", commands: senderCommands },
		{
			name: "webhook",
			description: "destination of an account's reports",
			commands: webhookCommands,
			branches: [
				{ name: "secret", description: "secrets that sign an account's reports", commands: webhookSecretCommands },
			],
		},
		{ name: "limits", description: "rate limit and daily limit of an account", commands: limitCommands },
		{
			name: "smpp",
			description: "SMPP access of an account",
			commands: smppCommands,
			branches: [deadLettersBranch(deadSmppCommands)],
		},
	],
};

const deadLetterGroup = (name: string, description: string, commands: readonly CommandSpec[]): Branch => ({
	name,
	description,
	commands: [],
	branches: [deadLettersBranch(commands)],
});

const commandTree: readonly Branch[] = [
	accounts,
	{ name: "messages", description: "messages", commands: [...messageCommands, exportMessages] },
	{ name: "batches", description: "batches of messages: totals, pause, cancel", commands: batchCommands },
	{ name: "numbers", description: "ported and blocked numbers", commands: numberCommands },
	{
		name: "lanes",
		description: "queues of messages for the operators, one for each operator and priority",
		commands: laneCommands,
	},
	{ name: "usage", description: "what accounts used, to compare with bills", commands: usageCommands },
	{ name: "operators", description: "operators to which messages are submitted", commands: operatorCommands },
	deadLetterGroup("reports", "reports to clients", deadReportCommands),
	deadLetterGroup("receipts", "receipts from operators", deadReceiptCommands),
	deadLetterGroup("incoming", "messages from subscribers", deadIncomingCommands),
	{ name: "short-codes", description: "accounts that receive messages from subscribers", commands: shortCodeCommands },
];

/**
 * The whole command line. A command throws UsageError or CommandError.
 * @param printOutput receives a command's result.
 * @param printError receives the line of an error that commander finds.
 */
export function program(printOutput: PrintOutput, printError: (line: string) => void = printToStderr): Command {
	const root: Command = withCommonOptions(new Command("smsgw"))
		.description("Operates an SMS gateway: its accounts, numbers, lanes, reports and operators.")
		.configureHelp({ showGlobalOptions: true, sortSubcommands: false })
		.configureOutput({
			outputError: (text) => printError(inOneLine(withShownWords(text, root.args))),
			writeErr: () => undefined,
		})
		.helpCommand(false)
		.exitOverride();
	root.addHelpText(
		"after",
		`
On AWS, stages/NAME.json gives the region, or else AWS_REGION; the SDK's variables give the credentials: AWS_PROFILE, ….
Exit codes: 0 done, 1 failed, 2 called wrongly, nothing was done.

Example:
  $ smsgw --local lanes list`,
	);
	for (const branch of commandTree) addBranch(root, branch, printOutput);
	addCommand(root, stats, printOutput);
	addCommand(root, plan, printOutput);
	addCommand(root, openConsole, printOutput);
	addCommand(root, listenToReports, printOutput);
	addCommand(root, trigger, printOutput);
	addCommand(root, conformance, printOutput);
	addCommand(root, doctor, printOutput);
	addCommand(root, restore, printOutput);
	addCommand(root, backup, printOutput);
	return root;
}

function addBranch(
	parent: Command,
	{ name, description, commands, branches = [] }: Branch,
	printOutput: PrintOutput,
): void {
	const group = addGroup(parent, name, description);
	for (const spec of commands) addCommand(group, spec, printOutput);
	for (const branch of branches) addBranch(group, branch, printOutput);
}

const printToStderr = (line: string) => void process.stderr.write(line);

const inOneLine = (text: string) => `smsgw: ${oneLine(text).replace(/^error: /, "")}\n`;
