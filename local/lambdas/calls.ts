import * as z from "zod";

/** What the process of the functions and a function's thread send each other. Payloads are JSON text, as on Lambda's own wire. */

const call = z.object({ id: z.int(), requestId: z.string(), payload: z.string() });
export type Call = z.output<typeof call>;
export const calls = z.array(call);

const callAnswer = z.union([
	z.object({ id: z.int(), payload: z.string() }),
	z.object({ id: z.int(), errorType: z.string(), errorMessage: z.string() }),
]);
export type CallAnswer = z.output<typeof callAnswer>;
export const callAnswers = z.array(callAnswer);

export const loaded = z.object({ loaded: z.literal(true) });
export type Loaded = z.output<typeof loaded>;

export const threadData = z.object({ file: z.string(), functionName: z.string(), timeoutMs: z.number() });
export type ThreadData = z.output<typeof threadData>;

/** Sends the items of one turn of the event loop as one message: waking a thread costs more than handling a call. */
export function batchedPerTurn<Item>(send: (items: Item[]) => void): (item: Item) => void {
	let waiting: Item[] = [];
	return (item) => {
		if (waiting.push(item) > 1) return;
		setImmediate(() => {
			const items = waiting;
			waiting = [];
			send(items);
		});
	};
}
