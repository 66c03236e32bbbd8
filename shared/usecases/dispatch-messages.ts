import { type Departure, departure } from "../domain/departure.ts";
import type { Message } from "../domain/message.ts";
import { packsNamedBy } from "../domain/packs.ts";
import { intoParcels } from "../domain/parcels.ts";
import { releaseRows } from "../domain/slots.ts";
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
	if (when.kind === "slot") return await deps.slots.put(releaseRows(parcels, when.slot, Math.random));
	return await deps.lanes.send(parcels, when.kind === "soon" ? when.delaySeconds : 0);
}
