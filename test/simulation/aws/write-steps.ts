/** The table or queue of a call, and the operation on it. */
export type Step = {
	/** Such as `post-message:BatchExecuteStatement:messages:INSERT` or `smpp:SendMessageBatch:receipts`. */
	readonly name: string;
	readonly isWrite: boolean;
	/** Number of statements, items or entries. */
	readonly parts: number;
};

export type CallInput = {
	readonly Statements?: readonly { readonly Statement?: string }[];
	readonly RequestItems?: Readonly<Record<string, unknown>>;
	readonly TableName?: string;
	readonly QueueUrl?: string;
	readonly Entries?: readonly unknown[];
	readonly GroupName?: string;
	readonly WaitTimeSeconds?: number;
};

const writes: ReadonlySet<string> = new Set([
	"BatchExecuteStatement",
	"BatchWriteItem",
	"UpdateItem",
	"PutItem",
	"DeleteItem",
	"SendMessageBatch",
	"SendMessage",
	"DeleteMessageBatch",
	"ChangeMessageVisibilityBatch",
	"CreateSchedule",
]);

const statementPattern = /^(\w+)(?: INTO| FROM)? "([^"]+)"/;
const statements = new Map<string, readonly [verb: string, table: string]>();

function readStatement(text: string): readonly [string, string] {
	const known = statements.get(text);
	if (known !== undefined) return known;
	const [, verb = "", table = ""] = statementPattern.exec(text) ?? [];
	statements.set(text, [verb, table]);
	return [verb, table];
}

/**
 * The step of a process's call: faults are drawn and counted by its name. @param prefix the prefix of every table's
 * and queue's name.
 */
export function stepOf(role: string, operation: string, input: CallInput, prefix: string): Step {
	const [kind, verb, parts] = placeOf(input, prefix);
	const name = [role, operation, kind, verb].filter((part) => part !== "").join(":");
	return { name, isWrite: writes.has(operation), parts };
}

function placeOf(input: CallInput, prefix: string): readonly [kind: string, verb: string, parts: number] {
	const { Statements, RequestItems, TableName, QueueUrl, Entries } = input;
	if (Statements !== undefined) {
		const [verb, table] = readStatement(Statements[0]?.Statement ?? "");
		return [kindOf(table, prefix), verb, Statements.length];
	}
	if (RequestItems !== undefined) {
		const [table = "", of] = Object.entries(RequestItems)[0] ?? [];
		return [kindOf(table, prefix), ...verbOf(of)];
	}
	if (QueueUrl !== undefined) {
		return [kindOf(QueueUrl.slice(QueueUrl.lastIndexOf("/") + 1), prefix), "", Entries?.length ?? 1];
	}
	return [TableName === undefined ? "schedules" : kindOf(TableName, prefix), "", 1];
}

function verbOf(requests: unknown): readonly [verb: string, parts: number] {
	if (!Array.isArray(requests)) return ["", (requests as { readonly Keys?: readonly unknown[] }).Keys?.length ?? 1];
	return ["DeleteRequest" in (requests[0] as object) ? "DELETE" : "PUT", requests.length];
}

/** All lanes count as one kind, all their dead-letter queues as another, and all accounts' queues as a third. */
function kindOf(name: string, prefix: string): string {
	const role = name.startsWith(`${prefix}-`) ? name.slice(prefix.length + 1) : name;
	if (role.startsWith("lane-")) return role.endsWith("-dead") ? "lane-dead" : "lane";
	return role.startsWith("account-") ? "account" : role;
}
