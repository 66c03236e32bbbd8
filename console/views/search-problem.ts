const leads = ["recipient", "message", "batch", "smsc_id"] as const;

/** What a search lacks, so that it would have to read all messages. */
export function searchProblem(search: string): "findHint" | "clientIdNeedsAccount" | null {
	const given = new URLSearchParams(search);
	const has = (name: string) => (given.get(name) ?? "").trim() !== "";
	if (leads.some(has) || (has("client_id") && has("account"))) return null;
	return has("client_id") ? "clientIdNeedsAccount" : "findHint";
}
