import { type Departure, departure } from "../domain/departure.ts";
import type { Message } from "../domain/message.ts";
import { packsNamedBy } from "../domain/packs.ts";
import { intoParcels, type Parcel } from "../domain/parcels.ts";
import { releaseRows, type SlotRow } from "../domain/slots.ts";
import { isFinal } from "../domain/statuses.ts";
import type { Lanes, ReportQueue, SlotStore } from "../ports.ts";

export type DispatchDeps = {
	readonly lanes: Lanes;
	readonly slots: SlotStore;
	readonly reports: ReportQueue;
};

/** Gives each stored message its holder: its lane, at once or delayed; its slot; or, where it ended as it began, its report. */
export async function dispatchMessages(deps: DispatchDeps, messages: readonly Message[], now: number): Promise<void> {
	const ended = messages.filter(({ status }) => isFinal(status));
	const waiting = messages.filter(({ status }) => !isFinal(status));
	const groups = Map.groupBy(waiting, (message) => JSON.stringify(departure(message, now)));
	await Promise.all([
		deps.reports.send(packsNamedBy(ended)),
		...[...groups].map(([when, own]) => dispatchAt(deps, JSON.parse(when), own)),
	]);
}

async function dispatchAt(deps: DispatchDeps, when: Departure, messages: readonly Message[]): Promise<void> {
	const parcels = intoParcels(messages);
	if (when.kind === "slot") return await deps.slots.put(parcels.flatMap((parcel) => rowOf(parcel, when.slot)));
	return await deps.lanes.send(parcels, when.kind === "soon" ? when.delaySeconds : 0);
}

/** A message that is dispatched alone has one row, however often it is: its id is drawn at random, and serves as the chance. */
function rowOf(parcel: Parcel, slot: number): readonly SlotRow[] {
	const [messageId = 0, ...others] = parcel.messageIds;
	return releaseRows([parcel], slot, others.length === 0 ? () => messageId / 2 ** 53 : Math.random);
}
