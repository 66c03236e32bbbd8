/** Mutants that no history finds, each with the reason. */

/** They change nothing that is promised, in any history: no test of the promise can find them. */
export const sameInEffect: Readonly<Record<string, string>> = {
	"store-messages: const placed = await insertMessages(deps, drafts); before if (triesLeft === 0) throw new TemporaryFault(`${drafts.length} messag…":
		"Differs only after rows were taken back three times in a row, which no history has; it fails then too, and what it inserted is promised to no client.",
	"store-messages: if (knownOutcomes.outcomes === undefined) throw knownOutcomes.error; before await undoRefused(deps, inserted, insertedOutcomes);":
		"The request fails either way. The rows that it leaves are at revision 0 and promised to no client; a retry gives them a holder.",
	"hold-messages: await Promise.all(bySendTime(pending, now).map(async ({ when, own }) =… before if (tries > triesMax) throw new TemporaryFault(`${pending.length} mess…":
		"Differs only after rows were stored again five times in a row, which no history has; one more holder is sent, and it fails all the same.",
	"hold-messages: await slots.put(slotRows(rows, slot, true)); before if (!rows.every((row) => mayWaitFor(row, slot))) throw error;":
		"It fails either way, with one holder too many: unit, hold-messages.test.ts, fails for a message that expires before its slot, while the queues do not answer.",
	"insert-messages: without await messages.undoInsert(rows).catch(() => undefined);":
		"The request fails either way, and what it leaves is as after its death: rows at revision 0, promised to no client; a retry gives them a holder, or aborts their batch.",
	"fail-fast-batches: gone.push(...own); before await abortBatch(deps, marker, { ...abortedBy(own), batchId }, own);":
		"Changes nothing: if the abort fails, the list is not returned.",
	"accept-fail-fast: const tried = existing.conflict === undefined ? await insertAll(state,… before if (existing.earlier.length > 0) await undoInsert(state, existing.earl…":
		"The insert meets the rows of the earlier attempt, which are then taken back, and the next of four tries inserts.",
	'accept-tolerant: await ensureKnownHeld(deps, earlier ?? [], batchAttempt.now); before if ([...outcomes.values()].some((outcome) => outcome !== "held")) thro…':
		"Differs only if the reports queue fails. The request then fails either way, and its retry does both again.",
	"pick-up-messages: const unparked = await park(deps, outsideWindow, held, at); before const rows = await changeMessages(deps, toExpire, (message) => { /* By…":
		"The two are for different messages, and both are repeated if one fails: unit, pick-up-messages.test.ts, fails only because it counts the tries.",
	"pick-up-messages: const notSetAside = await setAllAside(deps, paused, held, at); before const unparked = await park(deps, outsideWindow, held, at);":
		"The two are for different messages, and both are repeated if one fails.",
	"pick-up-messages: await queueUnconfirmedReports(deps, [...endedBefore, ...(again ? rows.… before const notSetAside = await setAllAside(deps, paused, held, at);":
		"The two are for different messages, and both are repeated if one fails.",
	'expire-waiting: seen(of("submit")); before const left = await settleOthers(deps, { at, expired: of("expire"), out…':
		"Only the age of waiting messages is read from it, which a failed scan then knows a little earlier.",
	"end-dead-lettered: await queueUnconfirmedReports(deps, known); before const now = await changeMessages(deps, known, (message) => endOf(messa…":
		"Changes nothing: the reports of the ends that it makes are queued by changeMessages itself, and those of earlier ends do not depend on it.",
	'deliver-or-retry: if (outcome.kind === "later") await scheduleRetry(deps, { ...left, tri… before if (outcome.kind === "dead") return await deadLetter(deps, left);':
		"Changes nothing: an outcome has one kind.",
	"check-shard: next = page.next; before await Promise.all(chunks.map((chunk) => carryOut(deps, chunk)));":
		"Changes nothing: the next page is read after both.",
	"check-shard: if (next !== null && deps.now() >= until) return await deps.dueShards.… before next = page.next;":
		"No history has a shard of more than a hundred rows. A page would be carried out once more, which changes nothing.",
	'check-shard: await deps.reports.send(rows.flatMap(({ action }) => (action.kind === … before for (const kind of ["release", "again"] as const) { const own = rows.f…':
		"The two are for different rows, and both are repeated if one fails.",
	"check-shard: const unread = await expireWatched(deps, rows); before await deps.reports.send(rows.flatMap(({ action }) => (action.kind === …":
		"The two are for different rows, and both are repeated if one fails.",
	"check-shard: without await deps.slots.put(kept);":
		"No history has a row that cannot be read. The slot row would stay as it was: it also names messages that have ended, which are passed over.",
	"check-shard: await queueUnconfirmedReports( deps, known.filter(({ status, errorCode… before const now = await changeMessages(deps, known, (message) => expired(mes…":
		"Changes nothing: it is given the messages as they were read, and the reports of the ends that follow are queued by changeMessages itself.",
	"report-incoming: await holdUnrouted( deps, messages.filter(({ userName }) => userName =… before await deps.reports.send(reportBatches.map((reportBatch): ReportBatch =…":
		"The two are for different messages, and both are repeated if one fails.",
	"submitter: without void state.underWay.add(work);":
		"Changes nothing: a task that stops waits for its recorder too, which has the same records.",
	'deliver-sm-sender: if (outcome.kind === "reported" || outcome.kind === "refused") await s… before receiverState.ownInFlight -= 1;':
		"It only delays: the session counts as busy until the confirmation is recorded.",
	"deliver-sm-sender: if (!(await confirmer.confirm(reportBatch.reportBatch, messageId, refu… before pump(state);":
		"It only delays: the next delivery waits for the record of this one.",
	"apply-receipts: await logUnknown(deps, [...updates.values()].flat()); before const changed = await changeMessages(deps, known, (message) => applyUp…":
		"Changes nothing: it only logs.",
	"apply-receipts: await requeueReports(deps, receiptBatches, segments, new Map([...read.… before await learnLongReceipts(deps, receiptBatches, (receipt) => appliedOf(s…":
		"The two do not depend on each other, and both are repeated if one fails.",
	"deliver-report-batch: const answer = await post(deps, reportBatch, webhook, payload); before if (reportBatch.tries === 1) countFirstAttempt(deps, payload);":
		"Changes nothing: it only counts the first try in a metric.",
};

/** They would be found by a history that the simulator does not have, or they only delay. The test that finds it is named, if there is one. */
export const notReached: Readonly<Record<string, string>> = {
	"an entry is deleted because another one holds its message":
		"The other entry still holds the message, so no message is lost until that one is gone too: unit, pick-up-messages.test.ts and operator-sender.test.ts, fail.",
	"accept-fail-fast: without if (inserted.length > 0) await undoInsert(state, inserted);":
		"The next try takes them back as the rows of an earlier attempt. After the last try they stay: unit, accept-batch.test.ts, fails for a duplicate that is found late.",
	"check-shard: without if (next !== null && deps.now() >= until) return await deps.dueShards.…":
		"No history has a shard of more than a hundred rows: unit, check-shard.test.ts, fails for one that runs out of time.",
	'report-incoming: if (unreadable.size > 0) throw new UnreadableRows("messages of subscri… before await holdUnrouted( deps, messages.filter(({ userName }) => userName =…':
		"No history has a row that cannot be read. The entries come again until it can be.",
	'pick-up-outbound: const recheckDelays = await retryUntilDone( log, "messages.write_faile… before ready(picked);':
		"The submit waits until other messages of the entry are parked, which is tried until it is done.",
	"a first entry that was received before takes a claim over":
		"Its submit is counted, and the death or lapse that made it come again excuses the copy: unit, pick-up-messages.test.ts, fails for an entry that was received before.",
	"a first entry takes over a claim whose submit was counted":
		"No history receives a first entry for the first time when its message was counted under another, unless the message has less than two minutes to go, which excuses the copy: unit, pick-up-messages.test.ts, fails for a counted submit.",
	"receipts-intake: await queueing.add(receipt); before if (isWithoutRecipient(receipt, pdu.fields.source_addr)) await known?.…":
		"No history has a receipt without a recipient.",
	'deliver-sm-sender: state.exposure -= 1; before if (outcome.kind === "reported" || outcome.kind === "refused") await s…':
		"The client may get more receipts twice after a death than the exposure: no check counts receipts of sessions.",
	"deliver-sm-sender: state.inProgress.delete(nameOf(queued)); before if (!(await confirmer.confirm(reportBatch.reportBatch, messageId, refu…":
		"If SQS delivers a report batch twice at that instant, the client gets a receipt twice: no check counts receipts of sessions.",
	'accept-batch: await deps.batches.put(committedBatch(userName, own, rows, false)); before if (rows instanceof Refusal) return { kind: "refused", refusal: rows }…':
		"No history has a tolerant batch that is refused as a whole: unit, within-limits.test.ts, fails for one over its account limit.",
	"deliver-report-batch: without await deps.accountQueues.send(queueUrl, [{ ...reportBatch, messageIds:…":
		"No account of the histories has a webhook and receipts by SMPP: unit, deliver-report-batch.test.ts, fails for one that has both.",
};
