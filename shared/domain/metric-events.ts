import type { CountName, MeasureName } from "./metrics.ts";

/** Log events that are metrics as well: by what each counts and measures, the fields of its own that say how much. */
type CountedEvent = {
	/** One for each event, or as many as a field says. */
	readonly counts?: { readonly [Name in CountName]?: "one" | { readonly field: string } };
	readonly measures?: { readonly [Name in MeasureName]?: { readonly field: string } };
};

/** By the event's name. Where a metric has a dimension, the event's field of that name says which value it is of. */
export const countedEvents: Readonly<Record<string, CountedEvent>> = {
	"message.unreadable": { counts: { UnreadableRows: "one" } },
	"row.unreadable": { counts: { UnreadableRows: "one" } },
	"receipt.orphaned": { counts: { ReceiptsOrphaned: { field: "receipts" } } },
	"mo.received": { counts: { IncomingReceived: { field: "messages" } } },
	"mo.unrouted": { counts: { IncomingUnrouted: { field: "messages" } } },
	"report.confirmed": { counts: { ReportsConfirmed: "one" }, measures: { ReportLag: { field: "lag_ms" } } },
	"report.unconfirmed": { counts: { ReportsUnconfirmed: "one" }, measures: { UnreportedAge: { field: "age_ms" } } },
	"account_report.receives_exhausted": { counts: { AccountReportsExhausted: "one" } },
	"report.given_up": { counts: { ReportsGivenUp: "one" } },
};
