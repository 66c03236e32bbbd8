import type { CountName, MeasureName } from "./metrics.ts";

/** The metrics that a log event also counts or measures. */
type CountedEvent = {
	/** `one` for each event, or the value of a field. */
	readonly counts?: { readonly [Name in CountName]?: "one" | { readonly field: string } };
	readonly measures?: { readonly [Name in MeasureName]?: { readonly field: string } };
};

/** By event name. The value of a metric's dimension is the event's field of that name. */
export const countedEvents: Readonly<Record<string, CountedEvent>> = {
	"message.unreadable": { counts: { UnreadableRows: "one" } },
	"row.unreadable": { counts: { UnreadableRows: "one" } },
	"receipt.orphaned": { counts: { ReceiptsOrphaned: { field: "receipts" } } },
	"mo.received": { counts: { IncomingReceived: { field: "messages" } } },
	"mo.unrouted": { counts: { IncomingUnrouted: { field: "messages" } } },
	"counts.lost": { counts: { CountsLost: { field: "messages" } } },
	"report.confirmed": { counts: { ReportsConfirmed: "one" }, measures: { ReportLag: { field: "lag_ms" } } },
	"report.unconfirmed": { counts: { ReportsUnconfirmed: "one" }, measures: { UnreportedAge: { field: "age_ms" } } },
	"account_report.receives_exhausted": { counts: { AccountReportsExhausted: "one" } },
	"report.given_up": { counts: { ReportsGivenUp: "one" } },
};
