import type { QueuedPack } from "../domain/packs.ts";
import { shortWaitMaxSeconds } from "../domain/report-retries.ts";
import { reportRow } from "../domain/slots.ts";
import type { ReportQueue, SlotStore } from "../ports.ts";
import { type Delivery, deliverPack } from "./deliver-pack.ts";

export type Reporting = Delivery & {
	readonly reports: ReportQueue;
	readonly slots: Pick<SlotStore, "put">;
	/** Where packs rest that nobody confirmed. */
	readonly deadLetters: ReportQueue;
};

/**
 * Works off one entry of the reports queue. When this returns, the entry is done with: its pack is confirmed, or has another holder,
 * which is an entry with a delay, a row of a slot, or the dead letters (A40). A waiting pack is never an entry that was received and
 * not deleted, for a queue has no more than 120,000 of those.
 * @param pack with the tries that it has behind it, this one included.
 */
export async function reportPack(reporting: Reporting, pack: QueuedPack): Promise<void> {
	const outcome = await deliverPack(reporting, pack);
	if (outcome.kind === "dead") return await rest(reporting, pack);
	if (outcome.kind === "later") await wait(reporting, { ...pack, tries: outcome.tries }, outcome.seconds);
}

async function rest({ deadLetters, log }: Reporting, pack: QueuedPack): Promise<void> {
	log.error("report.died", { pack: pack.packId, user_name: pack.userName, tries: pack.tries });
	await deadLetters.send([pack]);
}

async function wait({ reports, slots, now, chance }: Reporting, pack: QueuedPack, seconds: number): Promise<void> {
	if (seconds <= shortWaitMaxSeconds) return await reports.send([pack], seconds);
	await slots.put([reportRow(pack, now() + seconds * 1_000, chance)]);
}
