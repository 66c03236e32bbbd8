/** A table's name in this code, and the end of its physical name. */
export const tableRoles = [
	"messages",
	"batches",
	"submissions",
	"slots",
	"reports",
	"accounts",
	"credentials",
	"webhook-secrets",
	"numbers",
	"limits",
	"leases",
	"incoming",
	"short-codes",
] as const;
export type TableRole = (typeof tableRoles)[number];
