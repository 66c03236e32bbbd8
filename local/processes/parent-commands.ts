import { once } from "node:events";
import type * as z from "zod";

const inbox: unknown[] = [];
process.on("message", (command) => inbox.push(command));

/**
 * The supervisor's next message to this process. Waiting for it keeps the process alive.
 * @throws ZodError when the message is malformed.
 */
export async function nextCommand<Command>(schema: z.ZodType<Command>): Promise<Command> {
	process.channel?.ref();
	while (inbox.length === 0) await once(process, "message");
	return schema.parse(inbox.shift());
}

/** Sends a message to the supervisor; does nothing in a process that was started by hand. */
export function reportToParent(message: object): void {
	process.send?.(message);
}
