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
import { deadIncomingCommands, deadReceiptCommands } from "./commands/dead-letter-queues.ts";
import { laneCommands } from "./commands/lanes.ts";
import { messageCommands } from "./commands/messages.ts";
import { numberCommands } from "./commands/numbers.ts";
import { operatorCommands } from "./commands/operators.ts";
import { plan } from "./commands/plan.ts";
import { deadReportCommands } from "./commands/reports.ts";
import { shortCodeCommands } from "./commands/short-codes.ts";

/** Commands, or groups of commands, by their place in the tree. */
type Branch = {
	readonly name: string;
	readonly description: string;
	readonly commands: readonly CommandSpec[];
	readonly branches?: readonly Branch[];
};

const deadLettersBranch = (commands: readonly CommandSpec[]): Branch => ({
	name: "dead",
	description: "those that rest as dead letters",
	commands,
});

const accounts: Branch = {
	name: "accounts",
	description: "clients: who may come in, and what they may do",
	commands: accountCommands,
	branches: [
		{ name: "password", description: "an account's passwords", commands: passwordCommands },
		{ name: "senders", description: "the names that an account may send under", commands: senderCommands },
		{
			name: "webhook",
			description: "where an account's reports go",
			commands: webhookCommands,
			branches: [{ name: "secret", description: "what signs an account's reports", commands: webhookSecretCommands }],
		},
		{ name: "limits", description: "how much an account may do", commands: limitCommands },
		{
			name: "smpp",
			description: "how an account may bind by SMPP",
			commands: smppCommands,
			branches: [deadLettersBranch(deadSmppCommands)],
		},
	],
};

/** A group that holds dead letters alone. */
const deadLetterGroup = (name: string, description: string, commands: readonly CommandSpec[]): Branch => ({
	name,
	description,
	commands: [],
	branches: [deadLettersBranch(commands)],
});

const commandTree: readonly Branch[] = [
	accounts,
	{ name: "messages", description: "single messages", commands: messageCommands },
	{ name: "numbers", description: "ported and blocked numbers", commands: numberCommands },
	{ name: "lanes", description: "where messages wait for an operator's binds", commands: laneCommands },
	{ name: "operators", description: "whom messages are submitted to", commands: operatorCommands },
	deadLetterGroup("reports", "reports to clients", deadReportCommands),
	deadLetterGroup("receipts", "receipts from operators", deadReceiptCommands),
	deadLetterGroup("incoming", "messages from subscribers", deadIncomingCommands),
	{ name: "short-codes", description: "whom messages from subscribers go to", commands: shortCodeCommands },
];

/**
 * The whole command line. Its commands throw what is wrong with how they were called, and why they could not do it.
 * @param say told what a command has to say.
 * @param complain told what commander finds wrong, in a line.
 */
export function program(printOutput: PrintOutput, printError: (line: string) => void = printToStderr): Command {
	const root = withCommonOptions(new Command("smsgw"))
		.description("Works on an SMS gateway: its accounts, numbers, lanes, reports and operators.")
		.configureHelp({ showGlobalOptions: true, sortSubcommands: false })
		.configureOutput({ outputError: (text) => printError(inOneLine(text)) })
		.helpCommand(false)
		.exitOverride();
	root.addHelpText(
		"after",
		`
On AWS, region and credentials are the SDK's own variables: AWS_REGION, AWS_PROFILE, ….
Exit codes: 0 it was done, 1 it could not be done, 2 it was called wrongly and nothing was done.

Example:
  $ smsgw --local lanes list`,
	);
	for (const branch of commandTree) addBranch(root, branch, printOutput);
	addCommand(root, plan, printOutput);
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

const inOneLine = (text: string) =>
	`smsgw: ${text
		.trim()
		.replace(/^error: /, "")
		.replaceAll(/\s*\n\s*/g, " ")}\n`;
