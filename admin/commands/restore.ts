import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import { dynamoLeases } from "#shared/aws/dynamo/dynamo-leases.ts";
import { createAccountQueue } from "#shared/aws/sqs/create-account-queue.ts";
import { queueDepth } from "#shared/aws/sqs/sqs-depths.ts";
import { filledTables } from "#shared/contracts/filled-tables.ts";
import { laneRole, tableName } from "#shared/contracts/resource-names.ts";
import { lanes } from "#shared/domain/message/lanes.ts";
import { operators } from "#shared/domain/message/operators.ts";
import { restoreStage } from "#shared/usecases/restore/restore-stage.ts";
import type { Position } from "#shared/usecases/restore/walk-table.ts";
import { restoreOnAws } from "#shared/wiring/restore-on-aws.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { count, instant } from "../inputs.ts";
import { laneUrlsOf } from "../lane-urls.ts";
import { asTable } from "../output.ts";
import { progressBar } from "../progress.ts";
import { fileProgress } from "../restore-progress.ts";
import type { Target } from "../target.ts";
import { accountRepository, changeAccount } from "./account-repositories.ts";

const roles = Object.keys(filledTables) as [keyof typeof filledTables, ...(keyof typeof filledTables)[]];

export const restore = command({
	call: "restore",
	description: "fill a stage's tables from restored ones, and give each message a holder again",
	notes: `A part of the procedure in docs/restore.md. AWS restores each table under another name: PREFIX-messages, PREFIX-batches and so
on, all to the same second. No gateway runs meanwhile: the command refuses to begin while a task holds a bind, or while a
lane has entries.

Rows that the stage has already stay as they are. Then every message that has not ended gets a lane entry or a watch row, and
reports of the last two days that were not confirmed are queued. Called again, with its progress file, the command continues
where it stopped. Nothing is sent twice then, also beside the gateway.

Exit codes: 0 all is restored, 1 it stopped, or some rows cannot be read. Then run a version that reads them.`,
	options: [
		["--from <prefix>", "what the names of the restored tables begin with (required)"],
		["--restored-to <time>", "the time to which they were restored, with its zone (required)"],
		["--without <table...>", "tables that were not restored, such as limits"],
		["--progress <file>", "remembers how far the restore came (smsgw-restore.json)"],
		["--rows-per-second <n>", "upper limit (2000); a new table takes 4000 writes a second"],
	],
	example: "restore --from smsgw-prod-restored --restored-to 2026-11-28T09:00:00+05:00 --stage prod",
	input: z.object({
		from: z.string().regex(/^[\w.-]{1,200}$/, "the beginning of a table's name, such as smsgw-prod-restored"),
		restoredTo: instant.refine((at) => at <= Date.now(), "a time that has passed"),
		without: z.array(z.enum(roles)).default([]),
		progress: z.string().min(1, "the name of a file").default("smsgw-restore.json"),
		rowsPerSecond: count(z.int().min(1, "a whole number, 1 or more")).default(2_000),
	}),
	async run({ from, restoredTo, without, progress: file, rowsPerSecond }, target) {
		const name = `${from} of ${new Date(restoredTo).toISOString()} into ${target.prefix}`;
		const progress = fileProgress(file, name, progressPrinter());
		const isStopped = !(await isRunning(target));
		if (!progress.isContinued) await assertBare(target, isStopped);
		const stage = { ...(await stageOf(target, from)), isStopped };
		const deps = restoreOnAws(stage, { progress, now: () => performance.now(), pause, rowsPerSecond });
		const tables = deps.tables.filter(({ role }) => !without.some((one) => one === role));
		await restoreStage({ ...deps, tables }, restoredTo);
		await renewAccountQueues(target);
		const rows = [...progress.positions].map(([step, { rows: read, done, unreadable }]) => ({
			step,
			rows: read,
			done,
			unreadable,
		}));
		return { ...asTable(rows, "nothing to restore"), exitCode: rows.some(({ unreadable }) => unreadable > 0) ? 1 : 0 };
	},
});

const printLine = (line: string) => void process.stderr.write(`${line}\n`);

/** A bar for each step, and a line when it is done. */
function progressPrinter() {
	let bar = progressBar({ unit: "rows read" });
	let shown: string | undefined;
	return (step: string, { rows, done, isDone }: Position) => {
		if (shown !== undefined && shown !== step) bar = progressBar({ unit: "rows read" });
		shown = step;
		bar.show(rows, null, `${step}: ${done} done`);
		if (!isDone) return;
		bar.end();
		printLine(`${step}: ${rows} read, ${done} done`);
	};
}

async function stageOf(target: Target, restoredPrefix: string) {
	return {
		...target,
		restoredTable: (role: string) => tableName(restoredPrefix, role),
		laneUrls: await laneUrlsOf(target),
		reportsUrl: await target.queueUrl("reports"),
		incomingUrl: await target.queueUrl("incoming"),
		log: { info: () => undefined, warn: printWarning, error: target.log.error },
	};
}

function printWarning(event: string, { err }: Readonly<Record<string, unknown>> = {}): void {
	printLine(`${event}: ${err instanceof Error ? err.message : String(err)}`);
}

async function isRunning(target: Target): Promise<boolean> {
	const leases = dynamoLeases(target.dynamo, target.table("leases"), target.log);
	const held = await leases.holders(
		operators.flatMap((operator) => [`${operator}#0`, `${operator}#sends`]),
		Date.now(),
	);
	return held.size > 0;
}

/** A lane entry from before could submit what its replacement submits too. */
async function assertBare(target: Target, isStopped: boolean): Promise<void> {
	if (!isStopped) throw new CommandError(`the gateway of ${target.prefix} runs: destroy its stack first`);
	for (const { name } of lanes) {
		const { waiting, inFlight, delayed } = await queueDepth(target.sqs, await target.queueUrl(laneRole(name)));
		if (waiting + inFlight + delayed > 0)
			throw new CommandError(`lane ${name} has entries: purge the lanes of ${target.prefix} first`);
	}
}

/** Queues of accounts are lost too, and have other URLs in another account or region. */
async function renewAccountQueues(target: Target): Promise<void> {
	for (const { userName, smpp } of await accountRepository(target).list()) {
		if (!smpp?.reportsQueueUrl) continue;
		const reportsQueueUrl = await createAccountQueue(target.sqs, target.prefix, userName);
		if (reportsQueueUrl === smpp.reportsQueueUrl) continue;
		await changeAccount(target, userName, (account) => ({
			...account,
			smpp: account.smpp && { ...account.smpp, reportsQueueUrl },
		}));
	}
}
