import { once } from "node:events";

const inbox: unknown[] = [];
process.on("message", (command) => inbox.push(command));

/** What the supervisor says next to this process. Waiting for it keeps the process alive. */
export async function nextCommand<Command>(): Promise<Command> {
	process.channel?.ref();
	while (inbox.length === 0) await once(process, "message");
	return inbox.shift() as Command;
}

/** Tells the supervisor; a process that was started by hand has nobody to tell. */
export function reportToParent(message: object): void {
	process.send?.(message);
}
