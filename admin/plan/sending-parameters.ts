/** What an operator's contract allows over all tasks, how fast it and AWS answer, and how many tasks share it. */
export type SendingParameters = {
	readonly binds: number;
	/** Segments a second. */
	readonly tps: number;
	/** Requests that may wait for their response, on each bind. */
	readonly window: number;
	/** From a submit_sm to its response. */
	readonly roundTripMs: number;
	/** How many submit_sm a message takes. */
	readonly segments: number;
	/** How long a call to AWS takes. */
	readonly callMs: number;
	/** At most one for each bind. */
	readonly tasks: number;
};

/** An entry of a lane: so many messages, there from then on. */
export type Arrival = { readonly at: number; readonly priority: number; readonly messages: number };
