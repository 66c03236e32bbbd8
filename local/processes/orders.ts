import { once } from "node:events";

const inbox: unknown[] = [];
process.on("message", (order) => inbox.push(order));

/** What the supervisor says next to this process. Waiting for it keeps the process alive. */
export async function nextOrder<Order>(): Promise<Order> {
	process.channel?.ref();
	while (inbox.length === 0) await once(process, "message");
	return inbox.shift() as Order;
}

/** Tells the supervisor; a process that was started by hand has nobody to tell. */
export function report(message: object): void {
	process.send?.(message);
}
