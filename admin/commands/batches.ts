import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import type { BatchWithdrawal } from "#shared/domain/batches/batch-summary.ts";
import { pausedBatchesMax } from "#shared/domain/send/paused-batches.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { type CancelBatchOutcome, cancelBatch } from "#shared/usecases/batches/cancel-batch.ts";
import { pauseBatch, resumeBatch } from "#shared/usecases/batches/pause-batch.ts";
import { summarizeBatch } from "#shared/usecases/batches/summarize-batch.ts";
import { batchesOnAws } from "#shared/wiring/batches-on-aws.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { count } from "../inputs.ts";
import { laneUrlsOf } from "../lane-urls.ts";
import { asRecord, asSentence, asTable, type CommandOutcome } from "../output.ts";
import { progressBar } from "../progress.ts";
import type { Target } from "../target.ts";

const idText = "a batch id of at most 16 digits";
export const batchId = z
	.string()
	.regex(/^[1-9]\d{0,15}$/, idText)
	.transform(Number)
	.refine((id) => Number.isSafeInteger(id), idText);

const printWarning = (event: string) => void process.stderr.write(`smsgw: ${event}\n`);

async function batchesOf(target: Target) {
	const urls = { laneUrls: await laneUrlsOf(target), reportsUrl: await target.queueUrl("reports") };
	const slotsTable = target.table("slots");
	return batchesOnAws({
		...target,
		...urls,
		slotsTable,
		log: { ...target.log, info: () => undefined, warn: printWarning },
	});
}

const absent = (id: number) => new CommandError(`batch ${id} does not exist, or is no longer kept`);
const full = () => new CommandError(`${pausedBatchesMax} batches are paused already: resume one of them first`);

const list = command({
	call: "list",
	isDefault: true,
	description: "list the paused batches",
	notes: "A batch has no other list: its client has its id, and each of its messages names it.",
	example: "batches list --stage prod",
	input: z.object({}),
	async run(_, target) {
		const { switches, batches } = await batchesOf(target);
		const ids = [...(await switches.paused()).batches];
		const rows = await Promise.all(
			ids.map(async (id) => {
				const batch = await batches.find(id);
				return {
					batch: id,
					account: batch?.userName ?? null,
					messages: batch?.messageIds.length ?? null,
					accepted: batch === null ? null : almatyText(batch.acceptedAt),
				};
			}),
		);
		return asTable(rows, "no batch is paused");
	},
});

const show = command({
	call: "show <batch-id>",
	description: "count a batch's messages by status and code, with rate and estimated end",
	notes: `The rate is that of the last five minutes. The estimated end is when the last message is submitted if the rate stays as it
is; there is none while the batch is paused. Waiting messages are NEW; of these, scheduled ones wait for their time or
window, and paused ones that the batch is resumed.`,
	example: "batches show 182532 --stage prod",
	input: z.object({ batchId }),
	async run({ batchId: id }, target) {
		const deps = await batchesOf(target);
		const [found, { batches: paused }] = await Promise.all([summarizeBatch(deps, null, id), deps.switches.paused()]);
		if (found.kind !== "found") throw absent(id);
		const { batch_id, ...counts } = found.summary;
		return asRecord({ batch_id, state: paused.has(id) ? "paused" : "sending", ...counts });
	},
});

const pauseCommand = command({
	call: "pause <batch-id>",
	description: "stop submitting a batch's messages until it is resumed",
	notes:
		"The tasks obey within some ten seconds. The messages wait outside their lanes, so others pass; those that expire meanwhile\nend as EXPIRED. A message that was submitted in part is finished.",
	example: "batches pause 182532 --stage prod",
	input: z.object({ batchId }),
	async run({ batchId: id }, target) {
		const outcome = await pauseBatch(await batchesOf(target), id);
		if (outcome === "absent") throw absent(id);
		if (outcome === "full") throw full();
		return asSentence(`batch ${id} is paused`, { batch_id: id, state: "paused" });
	},
});

const resume = command({
	call: "resume <batch-id>",
	description: "submit a paused batch's messages again",
	notes: "Messages that were set aside are in their lanes 15 seconds later.",
	example: "batches resume 182532 --stage prod",
	input: z.object({ batchId }),
	async run({ batchId: id }, target) {
		const released = await resumeBatch(await batchesOf(target), id);
		return asSentence(`batch ${id} is resumed, ${released} messages released`, {
			batch_id: id,
			state: "sending",
			released,
		});
	},
});

const waitText = "a whole number from 0 to 3600";

const cancel = command({
	call: "cancel <batch-id>",
	description: "withdraw a batch's messages that have not gone, and report them as DELETED",
	notes: `Messages that wait for their schedule, or have waited for their window from the beginning, are withdrawn at once. For the
others the command pauses the batch, waits until the tasks have set them aside for a minute, withdraws them, and resumes
the batch, which then has nothing left to send. A message that may have been submitted is not withdrawn: also one whose
operator was paused or away meanwhile. It stays paused, and expires. A message that came while its window was open, and
waits until the window opens again, is set aside only then: run the command again a minute later.

Exit codes: 0 no message waits any more, 1 some still wait: the batch stays paused, and the command can be repeated.`,
	options: [["--wait <seconds>", "how long to wait for messages in the lanes (180)"]],
	example: "batches cancel 182532 --yes --stage prod",
	irreversible: "ends messages for good",
	input: z.object({ batchId, wait: count(z.int().max(3_600, waitText), waitText).default(180) }),
	async run({ batchId: id, wait }, target) {
		const bar = progressBar({ unit: "messages withdrawn" });
		const onProgress = ({ withdrawn, gone, ended }: BatchWithdrawal) =>
			bar.show(withdrawn, withdrawn + gone + ended, `${ended} ended, ${gone} go on`);
		const { counts, ...batches } = await batchesOf(target);
		const deps = { ...batches, pause: async (ms: number) => void (await pause(ms)) };
		const outcome = await cancelBatch(deps, id, wait * 1_000, onProgress).finally(() => bar.end());
		await counts.flush();
		if (outcome.kind === "absent") throw absent(id);
		if (outcome.kind === "full") throw full();
		return cancelled(outcome, id);
	},
});

function cancelled(
	{ withdrawal, waiting }: Extract<CancelBatchOutcome, { kind: "cancelled" }>,
	id: number,
): CommandOutcome {
	const { withdrawn, gone, ended } = withdrawal;
	const counts = `${withdrawn} withdrawn, ${gone - waiting} gone, ${ended} ended`;
	const left =
		waiting === 0 ? "" : `; ${waiting} still wait, so batch ${id} stays paused: run the command again, or resume it`;
	return { ...asSentence(`${counts}${left}`, { ...withdrawal, waiting }), exitCode: waiting === 0 ? 0 : 1 };
}

export const batchCommands = [list, show, pauseCommand, resume, cancel];
