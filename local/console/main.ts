import type { Socket } from "node:net";
import { setPriority } from "node:os";
import { consoleServer } from "#admin/console/open-console.ts";
import { userOfMachine } from "#admin/console/user-of-machine.ts";
import { targetOf } from "#admin/target.ts";
import { jsonLog } from "#shared/json-log.ts";
import { nextCommand } from "../processes/parent-commands.ts";
import { consoleStart } from "./console-messages.ts";
import { handedConnections } from "./handed-connections.ts";

/** The process of the local stack's console. It gives way to all others, and still gets a share of a busy machine. */
const niceness = 5;
setPriority(niceness);

const waiting: Socket[] = [];
let serve = (socket: Socket): void => void waiting.push(socket);
process.on("message", (_, socket) => {
	if (socket !== undefined) serve(socket as Socket);
});

const idleMaxMs = 10 * 60_000;
const checkMs = 30_000;

const { port } = await nextCommand(consoleStart);
const target = await targetOf({ local: true });
/* Without a token: the passwords of the demo accounts are public. */
const guard = () => ({ port, token: null });
const server = consoleServer({ target, guard, user: userOfMachine(), log: jsonLog("console") });
const connections = handedConnections(server);
serve = connections.serve;
for (const socket of waiting.splice(0)) serve(socket);

setInterval(() => {
	if (connections.idleMs() > idleMaxMs) process.exit(0);
}, checkMs);
