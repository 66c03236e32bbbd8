import type { Server } from "node:http";
import type { Socket } from "node:net";
import { setPriority, userInfo } from "node:os";
import { consoleServer } from "#admin/console/open-console.ts";
import { targetOf } from "#admin/target.ts";
import { jsonLog } from "#shared/json-log.ts";
import { nextCommand } from "../processes/parent-commands.ts";
import { consoleStart } from "./console-messages.ts";

/** The process of the local stack's console. It gives way to all others, and still gets a share of a busy machine. */
const niceness = 5;
setPriority(niceness);

const waiting: Socket[] = [];
let server: Server | undefined;
process.on("message", (_, socket) => {
	if (socket === undefined) return;
	if (server === undefined) waiting.push(socket as Socket);
	else serve(server, socket as Socket);
});

const idleMaxMs = 10 * 60_000;
const checkMs = 30_000;
let idleSince = performance.now();

function serve(http: Server, socket: Socket): void {
	idleSince = performance.now();
	http.emit("connection", socket);
	socket.resume();
}

const { port } = await nextCommand(consoleStart);
const target = await targetOf({ local: true });
/* Without a token: the passwords of the demo accounts are public. */
const guard = () => ({ port, token: null });
const http = consoleServer({ target, guard, user: userInfo().username, log: jsonLog("console") });
server = http;
for (const socket of waiting.splice(0)) serve(http, socket);

setInterval(() => {
	http.getConnections((_, count) => {
		if (count > 0) idleSince = performance.now();
		else if (performance.now() - idleSince > idleMaxMs) process.exit(0);
	});
}, checkMs);
