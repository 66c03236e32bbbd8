import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as z from "zod";
import { jsonLog } from "#shared/json-log.ts";
import { command } from "../command.ts";
import { userOfMachine } from "../console/user-of-machine.ts";
import { CommandError } from "../errors.ts";
import { count } from "../inputs.ts";
import { asSentence } from "../output.ts";

export const openConsole = command({
	call: "console",
	description: "serve the console, a set of pages for operators, on this machine until Ctrl-C",
	notes: `It prints an address of 127.0.0.1 with a token that counts until the command ends. The pages read and change the stage by this
command's own credentials. Each action is logged with its user. docs/console.md describes the pages.`,
	options: [["--port <n>", "the port (any free one)"]],
	example: "console --stage prod",
	input: z.object({ port: count(z.number().min(1).max(65_535)).default(0) }),
	async run({ port: wanted }, target, print) {
		const { consoleServer } = await import("../console/open-console.ts");
		const token = randomBytes(24).toString("base64url");
		const guard = () => ({ port: (server.address() as AddressInfo).port, token });
		const server = consoleServer({ target, guard, user: userOfMachine(), log: jsonLog("console") });
		server.listen(wanted, "127.0.0.1");
		await once(server, "listening").catch((error: NodeJS.ErrnoException) => {
			throw new CommandError(`port ${wanted} cannot be opened: ${error.code}`);
		});
		const url = `http://127.0.0.1:${guard().port}/?token=${token}`;
		print(asSentence(`open ${url}\nCtrl-C ends it`, { url }));
		await once(process, "SIGINT");
		server.close();
		server.closeAllConnections();
		return asSentence("the console has ended", { ended: true });
	},
});
