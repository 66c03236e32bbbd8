/** The tables that a restore fills, in this order, with their partition keys. The slots are made anew. Counts are
 * first: while there is no account, nothing is counted that a restored row would have to be added to. */
export const filledTables = {
	counts: "user_name",
	accounts: "user_name",
	credentials: "user_name",
	"webhook-secrets": "user_name",
	"short-codes": "short_code",
	numbers: "msisdn",
	limits: "counter",
	leases: "lease",
	reports: "report_batch",
	submissions: "smsc_ref",
	incoming: "part_of",
	batches: "batch_id",
	messages: "message_id",
} as const;

/**
 * The tables that a stage with `copyRegion` has in another region too. Limits and leases are written often and are of no use
 * there; a restore goes without them.
 */
export const copiedTables: readonly string[] = Object.keys(filledTables).filter(
	(role) => role !== "limits" && role !== "leases",
);
