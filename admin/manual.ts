import type { Command } from "commander";

/** The text of `docs/command-line.md`: every command, as its own help has it. */
export function manual(program: Command): string {
	return `${introduction}${program.commands.map((group) => sectionOf(group, "")).join("")}`;
}

const introduction = `# The command line

Written by \`npm run manual\` from what \`smsgw --help\` says.

\`npx smsgw\` is how an operator works on a gateway: on a stage in AWS with \`--stage NAME\` (or \`SMSGW_STAGE\`), by the region and credentials
that the SDK finds (\`AWS_REGION\`, \`AWS_PROFILE\`, …), or with \`--local\` on the local stack that \`npm start\` has on this machine (by
\`SMSGW_SINK_PORT\`, where that is not 8081). Every command takes \`--json\`, and then says what it has to say as JSON. What is wrong is said in one line
on standard error. Exit codes: 0 it was done, 1 it could not be done, 2 it was called wrongly and nothing was done.

Passwords and secrets are printed once, when they are made, and never read from the command line itself. What cannot be undone wants \`--yes\`.
`;

function sectionOf(command: Command, before: string): string {
	const path = `${before}${command.name()}`;
	if (command.commands.length > 0) {
		const title = before === "" ? `\n## ${path}: ${command.description()}\n` : "";
		return `${title}${command.commands.map((one) => sectionOf(one, `${path} `)).join("")}`;
	}
	const level = before === "" ? "##" : "###";
	return `\n${level} ${path}\n\n\`\`\`\n${helpOf(command)}\n\`\`\`\n`;
}

/** Without what every command has. */
function helpOf(command: Command): string {
	const pieces: string[] = [];
	command.configureOutput({ writeOut: (piece) => void pieces.push(piece), getOutHelpWidth: () => 120 });
	command.configureHelp({ showGlobalOptions: false });
	command.outputHelp();
	return pieces
		.join("")
		.replace(/^ {2}-h, --help .*\n/m, "")
		.replace(/^Options:\n(?=\n)/m, "")
		.replaceAll(/\n{3,}/g, "\n\n")
		.trim();
}
