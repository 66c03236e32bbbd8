/** What passes between the runner and a function's thread: payloads as JSON text, as they would over Lambda's own wire. */
export type Call = { readonly id: number; readonly requestId: string; readonly payload: string };

export type CallAnswer =
	| { readonly id: number; readonly payload: string }
	| { readonly id: number; readonly errorType: string; readonly errorMessage: string };

/** Sent once the handler has been loaded. */
export type Loaded = { readonly loaded: true };

export type ThreadData = { readonly file: string; readonly functionName: string; readonly timeoutMs: number };

/** Sends what gathers within one turn of the event loop as one message: waking a thread costs more than what it is told. */
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
