import type { Clock, DeadReport, DeadReports, Log, ReportQueue } from "../ports.ts";

export type Resending = {
	readonly deadLetters: DeadReports;
	readonly reports: ReportQueue;
	readonly now: Clock;
	readonly log: Log;
};

/** Whose reports are sent again, of those that were given up from one instant to another, both included. */
export type ResendOrder = { readonly userName: string; readonly from: number; readonly to: number };

export type Resent = {
	readonly resent: number;
	/** Others' reports, of other times, and what is no report: they rest where they were. */
	readonly left: number;
	/** False where there was more than one run takes; another run may find the rest. */
	readonly complete: boolean;
};

/** Fewer than a queue lets be held. */
const seenMax = 100_000;
/** What was passed over is held for ten minutes, so that a run sees each once: it ends before. */
const runMaxMs = 8 * 60_000;

/**
 * Sends reports again that were given up (A40): their packs go back to the reports queue as if never tried. A pack is queued before it
 * is taken from the dead letters, so a run that dies sends some twice and loses none.
 */
export async function resendReports(resending: Resending, order: ResendOrder): Promise<Resent> {
	const { deadLetters, now, log } = resending;
	const endsAt = now() + runMaxMs;
	const passedOver: string[] = [];
	let resent = 0;
	let complete = false;
	try {
		while (!complete && resent + passedOver.length < seenMax && now() < endsAt) {
			const held = await deadLetters.receive();
			complete = held.length === 0;
			const [wanted, others] = split(held, order);
			await sendAgain(resending, wanted);
			resent += wanted.length;
			passedOver.push(...others.map(({ handle }) => handle));
		}
	} finally {
		await deadLetters.release(passedOver);
	}
	log.info("reports.resent", { user_name: order.userName, resent, left: passedOver.length, complete });
	return { resent, left: passedOver.length, complete };
}

function split(held: readonly DeadReport[], { userName, from, to }: ResendOrder) {
	const isWanted = ({ pack, diedAt }: DeadReport) => pack?.userName === userName && diedAt >= from && diedAt <= to;
	return [held.filter(isWanted), held.filter((one) => !isWanted(one))] as const;
}

async function sendAgain({ deadLetters, reports }: Resending, wanted: readonly DeadReport[]): Promise<void> {
	await reports.send(wanted.flatMap(({ pack }) => (pack === null ? [] : [{ ...pack, tries: 0 }])));
	await deadLetters.remove(wanted.map(({ handle }) => handle));
}
