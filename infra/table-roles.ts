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
	"counts",
] as const;
export type TableRole = (typeof tableRoles)[number];

/** Reads `messages,slots`. @throws Error in one line for another text. */
export function tableRolesIn(text: string): readonly TableRole[] {
	return text.split(",").map((name) => {
		const role = tableRoles.find((one) => one === name.trim());
		if (role === undefined) throw new Error(`there is no table "${name}": the tables are ${tableRoles.join(", ")}`);
		return role;
	});
}
