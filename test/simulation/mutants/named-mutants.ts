import { type Edit, edited, type Mutant, type Sources } from "./mutant.ts";

const usecase = (name: string) => `shared/usecases/${name}.ts`;
const operator = (name: string) => `smpp/operators/${name}.ts`;

/** In one file, this becomes that; both in pairs. */
const edits = (file: string, ...pairs: readonly (readonly [from: string, to: string])[]): readonly Edit[] =>
	pairs.map(([from, to]) => ({ file, from, to }));

/** Faults that the gateway had once, or that its protocol of acceptance is there to prevent. */
const planted = {
	"watch rows are deleted before their messages are ended": edits(usecase("look-at-shard"), [
		"\tconst unread = await giveUp(looking, rows);",
		"\tawait looking.slots.remove(rows);\n\tconst unread = await giveUp(looking, rows);",
	]),
	"what was refused counts for the daily quota": edits("smpp/clients/submits.ts", [
		"\tif (refused > 0) limits.giveBackMessages(account, refused);\n",
		"",
	]),
	"a lease is released while a renewal runs": edits(operator("held-lease"), ["\t\t\tawait keeping;\n", ""]),
	"a round deletes entries of messages that became busy": edits(operator("lane-round"), [
		"idle.has(id) && !isBusy(id) && !waiting.has(id)",
		"idle.has(id) && !waiting.has(id)",
	]),
	"rows are taken back after an unknown send": edits(usecase("store-messages"), [
		'outcomes.get(messageId) === "refused"',
		'outcomes.get(messageId) !== "held"',
	]),
	"rows are taken back whatever their revision": edits(
		"shared/aws/dynamo/dynamo-messages.ts",
		// biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
		[" AND ${attempt.name} = ? AND ${revision.name} = ?`", " AND ${attempt.name} = ?`"],
		[", attempt.write(by), revision.write(0)]", ", attempt.write(by)]"],
	),
	"a watch row is written after SENT": edits(
		usecase("record-submissions"),
		["\t\trecording.slots.put(watchRows(underWay, Math.random)),\n", ""],
		[
			"\t/* SENT or ended already: perhaps by",
			"\tawait recording.slots.put(watchRows(underWay, Math.random));\n\t/* SENT or ended already: perhaps by",
		],
	),
	"a lane entry is deleted before the record": edits(operator("operator-desk"), [
		"\t\t\tawait recorder.whole({ message: job.message, submission, parts: job.parts, segmentsWritten });\n\t\t\tletGo(job);",
		"\t\t\tletGo(job);\n\t\t\tawait recorder.whole({ message: job.message, submission, parts: job.parts, segmentsWritten });",
	]),
	"a receipt is acknowledged before it is queued": edits(operator("receipts-intake"), [
		"await sending.add(receipt);",
		"void sending.add(receipt).catch(() => undefined);",
	]),
	"a retry is answered before its entry is sent": edits(
		usecase("hold-messages"),
		[
			"\t\tawait Promise.all(\n\t\t\tbyDeparture(pending, now)",
			"\t\tvoid Promise.all(\n\t\t\tbyDeparture(pending, now)",
		],
		["addHolder(deps, when, own, now)),\n\t\t);", "addHolder(deps, when, own, now)),\n\t\t).catch(() => undefined);"],
	),
	"the revision rises before the entry is sent": edits(
		usecase("hold-messages"),
		[
			"\t\tawait Promise.all(\n\t\t\tbyDeparture(pending, now)",
			"\t\tconst raised = await deps.messages.change(pending.map((message) => ({ message, change: {} })));\n\t\tawait Promise.all(\n\t\t\tbyDeparture(pending, now)",
		],
		[
			"addHolder(deps, when, own, now)),\n\t\t);\n\t\tconst raised = await deps.messages.change(pending.map((message) => ({ message, change: {} })));",
			"addHolder(deps, when, own, now)),\n\t\t);",
		],
	),
	"an entry that was sent again submits right after its claim": edits(usecase("lane-claims"), [
		"return seconds === undefined ? change : { ...change, waitsUntil",
		"return seconds !== 0 ? change : { ...change, waitsUntil",
	]),
	"an entry is deleted because another one holds its message": edits(usecase("pick-up-messages"), [
		'left: new Map([...recheckDelaysFor(theirs, "theirs"), ',
		"left: new Map([",
	]),
	"a receipt that is put back does not say that it was received before": edits("shared/aws/sqs/sqs-receipts.ts", [
		"\t\t...(redelivered && { redelivered }),\n",
		"",
	]),
	"an entry from a slot submits without a claim": edits(usecase("lane-claims"), [
		'must: known?.must || kind !== "first" || redelivered',
		'must: known?.must || kind === "again" || redelivered',
	]),
	"a message is submitted whoever holds it": edits("shared/domain/message/message-transitions.ts", [
		"return holder !== null && !entryIds.includes(holder);",
		"return holder === undefined && !entryIds.includes(holder);",
	]),
	"a slot has a message before its entry lets go of it": edits(
		usecase("pick-up-messages"),
		[
			"\tconst rows = await changeMessages(picking, held, changeOf);\n\tconst lost = missingFrom(held, rows);",
			"\tawait putIntoSlots(shut);\n\tconst rows = await changeMessages(picking, held, changeOf);\n\tconst lost = missingFrom(held, rows);",
		],
		[
			"\tconst bySlot = new Map<number, Message[]>();",
			"\tasync function putIntoSlots(waiting: readonly Message[]) {\n\tconst bySlot = new Map<number, Message[]>();",
		],
		[
			"\tif (slotRows.length > 0) await picking.slots.put(slotRows);",
			"\tif (slotRows.length > 0) await picking.slots.put(slotRows);\n\t}",
		],
	),
	"a fail-fast batch is sent before its commit": edits(
		usecase("accept-fail-fast"),
		["\tconst outcomes = await holdInserted(gateway, rows, creation.now);\n", ""],
		[
			"\tif (!(await gateway.batches.replace(marker, batch))) {",
			"\tconst outcomes = await holdInserted(gateway, rows, creation.now);\n\tif (!(await gateway.batches.replace(marker, batch))) {",
		],
	),
	"rows of a batch are taken back without the marker": edits(usecase("whole-batches"), [
		'\tif (!(await batches.replace(marker, aborted))) throw new TemporaryFault("another request is accepting this batch");\n',
		"",
	]),
	"repeats are not counted": edits(usecase("count-repeats"), [
		": repeatCounted(message, one.progress, one.entryIds);",
		": repeatCounted(message, one.progress, one.entryIds) && { holder: one.entryIds[0] };",
	]),
	"a repeat is counted after its submit": edits(operator("sending"), [
		"\tconst message = await options.countRepeat(job);\n\tif (message === null) state.exposure -= 1;\n\telse {",
		"\tconst message = job.message;\n\tvoid options.countRepeat(job);\n\t{",
	]),
} as const satisfies Record<string, readonly Edit[]>;

export function namedMutants(sources: Sources): readonly Mutant[] {
	return Object.entries(planted).map(([name, own]) => edited(name, own, sources));
}
