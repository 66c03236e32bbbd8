import * as z from "zod";
import type { Permission } from "./policy.ts";
import { type ArnOf, type AwsRequest, operationOf } from "./request.ts";

const statements = z.array(z.object({ Statement: z.string() }));

const naming = z.object({
	TableName: z.string().optional(),
	IndexName: z.string().optional(),
	RequestItems: z.record(z.string(), z.unknown()).default({}),
	Statement: z.string().optional(),
	Statements: statements.default([]),
	TransactStatements: statements.default([]),
	TransactItems: z.array(z.record(z.string(), z.object({ TableName: z.string() }))).default([]),
});

/**
 * The permissions that a call to DynamoDB needs: its action on each table or index; for a PartiQL statement the action of its verb;
 * for an item of a transaction the action of the single call. A call without a table needs the action on `*`.
 */
export function dynamodbPermissions(request: AwsRequest, arnOf: ArnOf): readonly Permission[] {
	const parsed = naming.safeParse(request.body);
	const action = `dynamodb:${operationOf(request)}`;
	if (!parsed.success) return [{ action, resource: "*" }];
	const { TableName, IndexName, RequestItems, Statement, Statements, TransactStatements, TransactItems } = parsed.data;
	const tables = [...(TableName === undefined ? [] : [TableName]), ...Object.keys(RequestItems)];
	const all = [...Statements, ...TransactStatements].map((one) => one.Statement);
	const texts = new Set(Statement === undefined ? all : [Statement, ...all]);
	const permissions = [
		...tables.map((table) => ({ action, resource: resourceOf(arnOf, table, IndexName) })),
		...[...texts].map((text) => statementPermission(text, arnOf)),
		...TransactItems.flatMap(Object.entries).map(([kind, item]) => ({
			action: `dynamodb:${kind}Item`,
			resource: resourceOf(arnOf, item.TableName),
		})),
	];
	return permissions.length > 0 ? permissions : [{ action, resource: "*" }];
}

const name = '(?:"([^"]+)"|(\\w+))';
const form = new RegExp(
	`^\\s*(insert\\s+into|update|delete\\s+from|select\\s.*?\\sfrom)\\s+${name}(?:\\.${name})?`,
	"is",
);

const actions: Readonly<Record<string, string>> = {
	insert: "dynamodb:PartiQLInsert",
	update: "dynamodb:PartiQLUpdate",
	delete: "dynamodb:PartiQLDelete",
	select: "dynamodb:PartiQLSelect",
};

/** A statement that does not parse needs a permission on everything, which no role has. */
function statementPermission(text: string, arnOf: ArnOf): Permission {
	const [, verb = "", quoted, plain, quotedIndex, plainIndex] = form.exec(text) ?? [];
	const action = actions[verb.slice(0, 6).toLowerCase()];
	const table = quoted ?? plain;
	if (action === undefined || table === undefined) return { action: "dynamodb:PartiQL", resource: "*" };
	return { action, resource: resourceOf(arnOf, table, quotedIndex ?? plainIndex) };
}

function resourceOf(arnOf: ArnOf, table: string, index?: string): string {
	const arn = table.startsWith("arn:") ? table : arnOf("dynamodb", `table/${table}`);
	return index === undefined ? arn : `${arn}/index/${index}`;
}
