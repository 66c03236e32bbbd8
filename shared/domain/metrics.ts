/** The metrics that the gateway publishes. Few, with one dimension at most: each combination costs money (ADR 0041). */

type MetricDefinition = {
	readonly unit: "Count" | "Milliseconds";
	readonly dimension: "operator" | "channel" | "consumer" | "priority" | null;
};

export const counts = {
	/** Messages stored as NEW, by channel: `rest`, `smpp`. */
	MessagesAccepted: { unit: "Count", dimension: "channel" },
	/** Requests answered with a 4xx, or a submit_sm_resp with a command_status. */
	RequestsRefused: { unit: "Count", dimension: "channel" },
	/** Segments that an SMSC accepted. */
	SubmitsAccepted: { unit: "Count", dimension: "operator" },
	/** Submits answered with ESME_RTHROTTLED or ESME_RMSGQFUL. */
	SubmitsThrottled: { unit: "Count", dimension: "operator" },
	/** Submits answered with any other command_status. */
	SubmitsRefused: { unit: "Count", dimension: "operator" },
	/** Submits without an answer. */
	SubmitsUnanswered: { unit: "Count", dimension: "operator" },
	MessagesDelivered: { unit: "Count", dimension: "operator" },
	MessagesUndelivered: { unit: "Count", dimension: "operator" },
	/** Receipts whose submission was not found in time. */
	ReceiptsOrphaned: { unit: "Count", dimension: "operator" },
	/** MO messages, joined. */
	IncomingReceived: { unit: "Count", dimension: "operator" },
	/** MO messages to a short code or keyword without an account. */
	IncomingUnrouted: { unit: "Count", dimension: "operator" },
	/** Messages that were submitted within their latency objective, and others: submitted later, or expired before. */
	SubmitsInTime: { unit: "Count", dimension: "priority" },
	SubmitsLate: { unit: "Count", dimension: "priority" },
	/** Final statuses whose report was first tried by webhook within the latency objective, and later. */
	ReportsInTime: { unit: "Count", dimension: "priority" },
	ReportsLate: { unit: "Count", dimension: "priority" },
	ReportsConfirmed: { unit: "Count", dimension: null },
	/** Tries of reports that failed, or that an open breaker denied. */
	ReportsUnconfirmed: { unit: "Count", dimension: null },
	/** Report batches that became dead letters. */
	ReportsGivenUp: { unit: "Count", dimension: null },
	/** Reads of rows that do not parse. The rows stay as they are. */
	UnreadableRows: { unit: "Count", dimension: null },
	/** Failed tries of queue entries, by the function that consumes the queue. The entries are received again. */
	EntriesFailed: { unit: "Count", dimension: "consumer" },
	/** Heartbeat entries that a consumer received. */
	Heartbeats: { unit: "Count", dimension: "consumer" },
	/** Finished sweeps for missed time slots. */
	Sweeps: { unit: "Count", dimension: null },
	/** Canaries whose receipt came before the next one was sent. */
	CanariesDelivered: { unit: "Count", dimension: null },
	/** Reports for SMPP sessions that were received for the last time and become dead letters. */
	AccountReportsExhausted: { unit: "Count", dimension: null },
	/** Messages whose counts could not be written, or perhaps not: the statistics lack them. */
	CountsLost: { unit: "Count", dimension: null },
	/** Requests over a client's limit: 429 or ESME_RTHROTTLED. */
	ClientsThrottled: { unit: "Count", dimension: "channel" },
} as const satisfies Record<string, MetricDefinition>;

export const measures = {
	/** Bound sessions of this task. */
	BindsUp: { unit: "Count", dimension: "operator" },
	/** Bind leases of this task: the binds that should be up. */
	BindsHeld: { unit: "Count", dimension: "operator" },
	WindowInUse: { unit: "Count", dimension: "operator" },
	/** Messages that were submitted and are not recorded yet. */
	Exposure: { unit: "Count", dimension: "operator" },
	/** Allowed segments per second: less than the contract's after the SMSC was busy. */
	SubmitRate: { unit: "Count", dimension: "operator" },
	SubmitRoundTrip: { unit: "Milliseconds", dimension: "operator" },
	/** From the acceptance of a message, or when it might go, to its submit_sm. */
	SubmitDelay: { unit: "Milliseconds", dimension: "operator" },
	/** Age of the oldest urgent or emergency message that could be submitted and is not. */
	UrgentUnsubmittedAge: { unit: "Milliseconds", dimension: "operator" },
	BulkUnsubmittedAge: { unit: "Milliseconds", dimension: "operator" },
	/** Time since this task last received from a lane that it has room for. */
	LaneReceiveGap: { unit: "Milliseconds", dimension: "operator" },
	/** How long a heartbeat entry waited in its queue: the wait of an account without a backlog. */
	QueueWait: { unit: "Milliseconds", dimension: "consumer" },
	/** Age of a final status at each try of its report that was not confirmed. */
	UnreportedAge: { unit: "Milliseconds", dimension: null },
	/** From the end of a message to the client's confirmation. */
	ReportLag: { unit: "Milliseconds", dimension: null },
	ClientSessions: { unit: "Count", dimension: null },
} as const satisfies Record<string, MetricDefinition>;

export type CountName = keyof typeof counts;
export type MeasureName = keyof typeof measures;
