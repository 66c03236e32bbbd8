/** Mutants that no history finds, each with the reason, and with the test that finds it where there is one. */
export const survivors: Readonly<Record<string, string>> = {
	"store-messages: const placed = await insertMessages(deps, drafts); before if (triesLeft === 0) throw new TemporaryFault(`${drafts.length} messag…":
		"Differs only after rows were taken back three times in a row, which no history has; it fails then too, and what it inserted is promised to nobody.",
	"store-messages: if (agains.outcomes === undefined) throw agains.error; before await undoRefused(deps, inserted, firsts);":
		"The request fails either way. The rows that it leaves are at revision 0 and promised to nobody; a retry gives them a holder.",
	"hold-messages: await Promise.all( bySendTime(pending, now).map(async ({ when, own })… before if (tries > triesMax) throw new TemporaryFault(`${pending.length} mess…":
		"Differs only after rows were stored anew five times in a row, which no history has; one more holder is sent, and it fails all the same.",
	"hold-messages: await slots.put(slotRows(rows, slot, true)); before if (!rows.every((row) => mayWaitFor(row, slot))) throw error;":
		"It fails either way, with one holder too many: unit, hold-messages.test.ts, fails for one that expires before its slot, while the queues do not answer.",
};
