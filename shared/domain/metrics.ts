/**
 * Every metric that the gateway tells of itself beside what AWS counts of its queues, functions and tables. Few, and each with one
 * dimension at most: a bill grows with the combinations.
 */

type MetricDefinition = {
	readonly unit: "Count" | "Milliseconds";
	readonly dimension: "operator" | "channel" | "consumer" | null;
};

export const counts = {
	/** Messages that got a 201 or a submit_sm_resp, by the channel that they came in by: `rest`, `smpp`. */
	MessagesAccepted: { unit: "Count", dimension: "channel" },
	/** Requests that got a 4xx, or a submit_sm_resp with a command_status. */
	RequestsRefused: { unit: "Count", dimension: "channel" },
	/** Segments that an SMSC took. */
	SubmitsAccepted: { unit: "Count", dimension: "operator" },
	/** Segments that it would not take now: RTHROTTLED, RMSGQFUL. */
	SubmitsThrottled: { unit: "Count", dimension: "operator" },
	/** Segments that it will never take. */
	SubmitsRefused: { unit: "Count", dimension: "operator" },
	/** Segments that it never answered: they are sent again. */
	SubmitsUnanswered: { unit: "Count", dimension: "operator" },
	MessagesDelivered: { unit: "Count", dimension: "operator" },
	/** Messages that ended otherwise. */
	MessagesUndelivered: { unit: "Count", dimension: "operator" },
	/** Receipts that no submission was found for in time. */
	ReceiptsOrphaned: { unit: "Count", dimension: "operator" },
	/** MO messages, joined. */
	IncomingReceived: { unit: "Count", dimension: "operator" },
	/** MO messages to a short code or keyword that is nobody's. */
	IncomingUnrouted: { unit: "Count", dimension: "operator" },
	/** Report batches that their client confirmed, and tries that it did not. */
	ReportsConfirmed: { unit: "Count", dimension: null },
	ReportsUnconfirmed: { unit: "Count", dimension: null },
	/** Report batches that were given up. */
	ReportsGivenUp: { unit: "Count", dimension: null },
	/** Times that a row of a table was met that does not parse: it is left where it is. */
	UnreadableRows: { unit: "Count", dimension: null },
	/** Queue entries that a function did not manage, each time: they come again. By the function that consumes the queue. */
	EntriesFailed: { unit: "Count", dimension: "consumer" },
	/** Heartbeat entries that came through a queue to its consumer. */
	Heartbeats: { unit: "Count", dimension: "consumer" },
	/** Reports for SMPP sessions that were received so often that they rest in their account's dead letters next. */
	AccountReportsExhausted: { unit: "Count", dimension: null },
	/** Requests of clients that came too fast: 429 or ESME_RTHROTTLED. */
	ClientsThrottled: { unit: "Count", dimension: "channel" },
} as const satisfies Record<string, MetricDefinition>;

export const measures = {
	/** Binds that stand, of those that this task holds. */
	BindsUp: { unit: "Count", dimension: "operator" },
	/** Binds that this task should have up: the bind leases that it holds. */
	BindsHeld: { unit: "Count", dimension: "operator" },
	/** Requests without a response yet, over all binds. */
	WindowInUse: { unit: "Count", dimension: "operator" },
	/** Messages that were handed over and are not recorded yet. */
	Exposure: { unit: "Count", dimension: "operator" },
	/** Segments a second that may go now: less than the contract's after the SMSC was too busy. */
	SubmitRate: { unit: "Count", dimension: "operator" },
	/** From submit_sm to its response. */
	SubmitRoundTrip: { unit: "Milliseconds", dimension: "operator" },
	/** From a message's acceptance, or the moment that it might go, to its submit_sm. */
	SubmitDelay: { unit: "Milliseconds", dimension: "operator" },
	/** How long the oldest of the urgent and emergency messages that are not submitted has waited since it might go. */
	UrgentUnsubmittedAge: { unit: "Milliseconds", dimension: "operator" },
	/** The same of bulk and interactive ones. */
	BulkUnsubmittedAge: { unit: "Milliseconds", dimension: "operator" },
	/** How long a lane of the operator has not been received from, though this task has room for its messages. */
	LaneReceiveGap: { unit: "Milliseconds", dimension: "operator" },
	/** How long a heartbeat entry waited in its queue: so long waits an entry of an account that has no backlog. */
	QueueWait: { unit: "Milliseconds", dimension: "consumer" },
	/** How long ago a message ended whose client did not confirm its report, by each attempt. */
	UnreportedAge: { unit: "Milliseconds", dimension: null },
	/** From a message's end to its client's confirmation. */
	ReportLag: { unit: "Milliseconds", dimension: null },
	/** Sessions of clients that are bound. */
	ClientSessions: { unit: "Count", dimension: null },
} as const satisfies Record<string, MetricDefinition>;

export type CountName = keyof typeof counts;
export type MeasureName = keyof typeof measures;
