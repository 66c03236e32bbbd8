import type { Command } from "commander";

/** The text of `docs/command-line.md`: the help of every command. */
export function manual(program: Command): string {
	return `${introduction}${program.commands.map((group) => sectionOf(group, "")).join("")}`;
}

const introduction = `# The command line

Written by \`npm run manual\` from the help of \`smsgw\`.

\`./smsgw\`, in the clone, operates a gateway. A link to it works from any folder. Do not run it by \`npx\`: outside the clone, \`npx\` asks a registry for
a package of this name, which anyone may publish.

With \`--stage NAME\` (or \`SMSGW_STAGE\`) it works on a stage in AWS, in the region that \`stages/NAME.json\` names, or else the SDK's variables
(\`AWS_REGION\`). They also give the credentials (\`AWS_PROFILE\`, …). With \`--local\` it works on the local stack that \`npm start\` runs on this
machine; use the same \`SMSGW_DATA\` or \`SMSGW_HTTP_PORT\` as it, and the same
user. Every command accepts \`--json\` and then prints its result as JSON. An error is one line on
standard error. Exit codes: 0 done, 1 failed, 2 called wrongly, nothing was done.

The command line prints a password or secret once, when it makes it, and reads none from its arguments. A command that cannot be undone
requires \`--yes\`.
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
