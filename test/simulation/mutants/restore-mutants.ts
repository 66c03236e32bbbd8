import { type Edit, edited, type Mutant, type Sources } from "./mutant.ts";

const folder = "shared/usecases/restore";
const hold = `${folder}/hold-restored.ts`;
const walk = `${folder}/walk-table.ts`;
const wiring = "shared/wiring/restore-on-aws.ts";

/** What a restore needs that no step of it writes: without one of these tables, messages or reports are lost. */
const neededTables = ["accounts", "reports", "submissions", "incoming", "batches", "messages"] as const;

const fill = `	for (const { role, restored, writeAbsent } of deps.tables) {
		await walkTable(deps, fillStep(role), restored, writeAbsent);
	}
`;
const giveHolders = `	await walkTable(deps, holdStep, deps.restoredMessages, async (rows) => await holdRestored(deps, rows, since));
`;

/** Faults of `smsgw restore`, for histories in which the stage is lost. */
const planted: Readonly<Record<string, Edit>> = {
	"replacements do not name the entries that they replace": {
		file: hold,
		from: "formerIds: [...new Set(sendJob.messageIds.flatMap((id) => [restored.get(id) ?? [], newer.get(id) ?? []].flat()))],",
		to: "formerIds: [],",
	},
	"newer holders of the stage are not read": {
		file: hold,
		from: "replacementsFor(waiting, await newerHolders(deps, waiting))",
		to: "replacementsFor(waiting, new Map())",
	},
	"no watch rows": { file: hold, from: "\tawait deps.slots.put(watchRows(watched, Math.random));\n", to: "" },
	"no lane entries": {
		file: hold,
		from: "\tawait deps.lanes.replace(replacementsFor(waiting, await newerHolders(deps, waiting)));\n",
		to: "",
	},
	"no reports": { file: hold, from: "\tawait queueUnconfirmedReports(deps, [...watched, ...ended]);\n", to: "" },
	"no interim reports": { file: hold, from: "(deps, [...watched, ...ended])", to: "(deps, ended)" },
	"rows of open batches are sent": {
		file: hold,
		from: "const promised = await withoutUncommitted(deps, rows);",
		to: "const promised = rows;",
	},
	"a message at its cap is submitted again": {
		file: hold,
		from: 'status === "NEW" && holder !== watchHolder;',
		to: 'status === "NEW" && holder !== undefined;',
	},
	"holders before the rows": {
		file: `${folder}/restore-stage.ts`,
		from: fill + giveHolders,
		to: giveHolders + fill,
	},
	"no messages from subscribers": {
		file: `${folder}/restore-stage.ts`,
		from: "await requeueIncoming(deps.incomingQueue, rows, since)",
		to: "rows.length",
	},
	"a step ends after its first page": { file: walk, from: "isDone: page.next === null,", to: "isDone: true," },
	"a page counts as done while its work runs": {
		file: walk,
		from: "done: done + (await carryOut(page.rows)),",
		to: "done: done + [carryOut(page.rows).catch(() => 0)].length,",
	},
	"a page that fails is passed over": {
		file: walk,
		from: "done: done + (await carryOut(page.rows)),",
		to: "done: done + (await carryOut(page.rows).catch(() => 0)),",
	},
	"rows of the stage are written over": {
		file: "shared/aws/dynamo/dynamo-restored.ts",
		from: 'ConditionExpression: "attribute_not_exists(#key)",',
		to: 'ConditionExpression: "attribute_not_exists(#key) OR attribute_exists(#key)",',
	},
	"bind leases are restored": { file: wiring, from: "{ leases: isSwitch }", to: "{}" },
	...Object.fromEntries(
		neededTables.map((table) => [
			`the table ${table} is not filled`,
			{
				file: wiring,
				from: "tables: Object.entries(filledTables).map(",
				to: `tables: Object.entries(filledTables).filter(([role]) => role !== "${table}").map(`,
			},
		]),
	),
};

export function restoreMutants(sources: Sources): readonly Mutant[] {
	return Object.entries(planted).map(([name, edit]) => {
		const { files } = edited(name, [edit], sources);
		return { name: `restore: ${name}`, files, isLost: true };
	});
}
