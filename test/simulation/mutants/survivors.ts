/** Mutants that no history finds, each with the reason and, if one exists, the test that finds it. */
export const survivors: Readonly<Record<string, string>> = {
	"store-messages: const placed = await insertMessages(deps, drafts); before if (triesLeft === 0) throw new TemporaryFault(`${drafts.length} messag…":
		"Differs only after rows were taken back three times in a row, which no history has; it fails then too, and what it inserted is promised to no client.",
	"store-messages: if (knownOutcomes.outcomes === undefined) throw knownOutcomes.error; before await undoRefused(deps, inserted, insertedOutcomes);":
		"The request fails either way. The rows that it leaves are at revision 0 and promised to no client; a retry gives them a holder.",
	"hold-messages: await Promise.all(bySendTime(pending, now).map(async ({ when, own }) =… before if (tries > triesMax) throw new TemporaryFault(`${pending.length} mess…":
		"Differs only after rows were stored again five times in a row, which no history has; one more holder is sent, and it fails all the same.",
	"hold-messages: await slots.put(slotRows(rows, slot, true)); before if (!rows.every((row) => mayWaitFor(row, slot))) throw error;":
		"It fails either way, with one holder too many: unit, hold-messages.test.ts, fails for a message that expires before its slot, while the queues do not answer.",
	"a lease is released while a renewal runs":
		"Another task gets the bind half a minute later, and no message is lost or sent twice: unit, held-lease.test.ts, fails for a renewal that comes after the release.",
	"a round deletes entries of messages that became busy":
		"No history has a round that meets an entry while another is picked up: unit, expiry-scan.test.ts, fails for a message that was picked up during the round.",
	"an entry is deleted because another one holds its message":
		"The other entry still holds the message, so no message is lost until that one is gone too: unit, pick-up-messages.test.ts and operator-sender.test.ts, fail.",
	"insert-messages: without await messages.undoInsert(rows).catch(() => undefined);":
		"The request fails either way, and what it leaves is as after its death: rows at revision 0, promised to no client; a retry gives them a holder, or aborts their batch.",
};
