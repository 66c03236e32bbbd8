import { type Edit, edited, type Mutant, type Sources } from "./mutant.ts";

/** Edits of one file, as pairs of old and new text. */
const edits = (file: string, ...pairs: readonly (readonly [from: string, to: string])[]): readonly Edit[] =>
	pairs.map(([from, to]) => ({ file, from, to }));

/** Faults that the gateway once had, or that its acceptance protocol prevents. */
const planted = {
	"watch rows are deleted before their messages are ended": edits("shared/usecases/schedule/check-shard.ts", [
		"\tconst unread = await expireWatched(deps, rows);",
		"\tawait deps.slots.remove(rows);\n\tconst unread = await expireWatched(deps, rows);",
	]),
	"a refused message counts for the daily quota": edits("smpp/clients/submits.ts", [
		'\t\tawait taken.giveBack([...requests.keys()].filter((index) => outcomes[index]?.kind !== "accepted"));\n',
		"",
	]),
	"a lease is released while a renewal runs": edits("shared/flow/lease-renewal.ts", ["\t\t\tawait renewing;\n", ""]),
	"rows are taken back after an unknown send": edits("shared/usecases/accept/store-messages.ts", [
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
		"shared/usecases/send/record-submissions.ts",
		["\t\tdeps.slots.put(watchRows(underWay, Math.random)),\n", ""],
		[
			"\t/* SENT or ended already: by",
			"\tawait deps.slots.put(watchRows(underWay, Math.random));\n\t/* SENT or ended already: by",
		],
	),
	"a lane entry is deleted before the record": edits("smpp/operators/operator-sender.ts", [
		"\t\t\tawait recorder.wholeMessage({ message: outbound.message, submission, parts: outbound.parts, segmentsWritten });\n\t\t\tendOutbound(outbound);",
		"\t\t\tendOutbound(outbound);\n\t\t\tawait recorder.wholeMessage({ message: outbound.message, submission, parts: outbound.parts, segmentsWritten });",
	]),
	"a receipt is acknowledged before it is queued": edits("smpp/operators/receipts-intake.ts", [
		"await queueing.add(receipt);",
		"void queueing.add(receipt).catch(() => undefined);",
	]),
	"a retry is answered before its entry is sent": edits("shared/usecases/accept/hold-messages.ts", [
		"\t\tawait Promise.all(bySendTime(pending, now).map(async ({ when, own }) => await addHolder(deps, when, own, now)));",
		"\t\tvoid Promise.all(bySendTime(pending, now).map(async ({ when, own }) => await addHolder(deps, when, own, now))).catch(() => undefined);",
	]),
	"the revision rises before the entry is sent": edits("shared/usecases/accept/hold-messages.ts", [
		"\t\tawait Promise.all(bySendTime(pending, now).map(async ({ when, own }) => await addHolder(deps, when, own, now)));\n\t\tconst raised = await deps.messages.change(pending.map((message) => ({ message, change: {} })));\n",
		"\t\tconst raised = await deps.messages.change(pending.map((message) => ({ message, change: {} })));\n\t\tawait Promise.all(bySendTime(pending, now).map(async ({ when, own }) => await addHolder(deps, when, own, now)));\n",
	]),
	"an entry that was sent again submits right after its claim": edits("shared/domain/send/lane-claims.ts", [
		"if (change === null || !isUnsure(own) || message.holder !== null) return change;",
		"if (change === null || !isUnsure(own) || message.holder !== undefined) return change;",
	]),
	"an entry is deleted because another one holds its message": edits("shared/usecases/send/pick-up-messages.ts", [
		'\t\t\t...recheckDelaysFor(heldByOther, "heldByOther"),\n',
		"",
	]),
	"a receipt that is queued again does not say that it was received before": edits("shared/aws/sqs/sqs-receipts.ts", [
		"\t\t...(redelivered && { redelivered }),\n",
		"",
	]),
	"an entry from a slot submits without a claim": edits("shared/domain/send/lane-claims.ts", [
		'isRequired: kind !== "first" || redelivered',
		'isRequired: kind === "again" || redelivered',
	]),
	"a first entry that was received before takes a claim over": edits("shared/domain/send/lane-claims.ts", [
		'isFirst: kind === "first" && !isUsed && !readBefore && formerIds.length === 0',
		'isFirst: kind === "first"',
	]),
	"a first entry takes over a claim whose submit was counted": edits("shared/domain/send/lane-claims.ts", [
		"segments.length === 0 && repeated === null",
		"segments.length === 0 && repeated !== undefined",
	]),
	"a message is submitted although another entry holds it": edits("shared/domain/message/message-transitions.ts", [
		"return holder !== null && !entryIds.includes(holder);",
		"return holder === undefined && !entryIds.includes(holder);",
	]),
	"a message is put into a slot before its entry releases it": edits(
		"shared/usecases/send/pick-up-messages.ts",
		[
			"\tconst rows = await changeMessages(deps, held, changeOf);\n\tconst lost = missingFrom(held, rows);",
			"\tawait putAll(toPark);\n\tconst rows = await changeMessages(deps, held, changeOf);\n\tconst lost = missingFrom(held, rows);",
		],
		[
			"\tconst bySlot = new Map<number, Message[]>();",
			"\tasync function putAll(waiting: readonly Message[]) {\n\tconst bySlot = new Map<number, Message[]>();",
		],
		[
			"\tif (slotRows.length > 0) await deps.slots.put(slotRows);",
			"\tif (slotRows.length > 0) await deps.slots.put(slotRows);\n\t}",
		],
	),
	"a fail-fast batch is sent before its commit": edits(
		"shared/usecases/accept/accept-fail-fast.ts",
		["\tawait holdCommitted(state, outcome.rows);\n", ""],
		[
			'\tif (await deps.batches.replace(marker, batch)) return { kind: "inserted", rows };\n',
			'\tawait holdInserted(deps, rows, batchAttempt.now);\n\tif (await deps.batches.replace(marker, batch)) return { kind: "inserted", rows };\n',
		],
	),
	"rows of a batch are taken back without the marker": edits("shared/usecases/accept/fail-fast-batches.ts", [
		'\tif (!(await batches.replace(marker, aborted))) throw new TemporaryFault("another request is accepting this batch");\n',
		"",
	]),
	"repeats are not counted": edits("shared/usecases/send/count-repeats.ts", [
		"repeatCounted(message, one.progress, one.entryIds, one.countId)",
		"repeatCounted(message, one.progress, one.entryIds, one.countId) && { holder: one.entryIds[0] }",
	]),
	"two tasks write the same count": edits("smpp/operators/submission-recorder.ts", [
		// biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
		"`${task}#${counts}`",
		'"a count"',
	]),
	"a repeat is counted after its submit": edits("smpp/operators/submitter.ts", [
		"\tconst message = await options.countRepeat(outbound);\n\tif (message === null) state.exposure -= 1;\n\telse {",
		"\tconst message = outbound.message;\n\tvoid options.countRepeat(outbound);\n\t{",
	]),
} as const satisfies Record<string, readonly Edit[]>;

export function namedMutants(sources: Sources): readonly Mutant[] {
	return Object.entries(planted).map(([name, own]) => edited(name, own, sources));
}
