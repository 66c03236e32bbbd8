import { almatyText } from "#shared/domain/almaty-time.ts";
import { slotAt, slotMs } from "#shared/domain/slots.ts";
import { invokeLook } from "#test/e2e/look.ts";
import { movedClock } from "#test/e2e/moved-clock.ts";
import { clockMs } from "./clock.ts";
import { inBatches, wholeBatches } from "./load/loads.ts";
import { numbering } from "./load/messages.ts";
import { untilReported } from "./passage.ts";
import { type Row, spreadTable } from "./print.ts";
import { severalRuns } from "./several-runs.ts";
import { openSurroundings, type Surroundings, unlimited } from "./surroundings.ts";

/** How messages that were parked for one slot go when it comes. */
export type Release = {
	readonly messages: number;
	readonly parkPerSecond: number;
	/** From the slot's instant, at which its alarm is heard at once, to the first submit_sm and to the last. */
	readonly firstMs: number;
	readonly lastMs: number;
	readonly submitPerSecond: number;
	readonly sentTwice: number;
};

type Options = { readonly messages: number; readonly runs: number; readonly receiptDelayMs: number };
type Clock = ReturnType<typeof movedClock>;

/** @throws Error where a message was lost, or went before its time. */
export async function measureRelease({ messages, runs, receiptDelayMs }: Options): Promise<readonly Release[]> {
	const clock = movedClock();
	const all = await openSurroundings({ smsc: unlimited, preload: clock.preload });
	const numbers = numbering();
	const release = async (count: number) => await releaseOnce(all, clock, wholeBatches(count), numbers, receiptDelayMs);
	try {
		return await severalRuns(runs, messages, release);
	} finally {
		await all.stop();
		clock.close();
	}
}

async function releaseOnce(
	all: Surroundings,
	clock: Clock,
	messages: number,
	numbers: ReturnType<typeof numbering>,
	receiptDelayMs: number,
): Promise<Release> {
	await all.reset(receiptDelayMs);
	/* Far enough ahead for the last of them to be parked in a row, too. */
	const slot = slotAt(clock.now() + 2 * slotMs);
	const startedAt = clockMs();
	await inBatches({ schedule: almatyText(slot) })(all.target, messages, numbers);
	const parkedAt = clockMs();
	const early = (await all.smsc.count()).messages;
	if (early > 0) throw new Error(`${early} messages went before their time`);
	clock.moveTo(slot);
	const releasedAt = clockMs();
	await invokeLook(all.house, { slot });
	const { submitted } = await untilReported(all, messages);
	const lastMs = submitted.lastAt - releasedAt;
	return {
		messages,
		parkPerSecond: (messages * 1_000) / (parkedAt - startedAt),
		firstMs: submitted.firstAt - releasedAt,
		lastMs,
		submitPerSecond: (messages * 1_000) / lastMs,
		sentTwice: submitted.repeats,
	};
}

const rows: readonly Row<Release>[] = [
	["parked, messages/s", (run) => run.parkPerSecond, 0],
	["first submit_sm after, ms", (run) => run.firstMs, 0],
	["last submit_sm after, ms", (run) => run.lastMs, 0],
	["submit, messages/s", (run) => run.submitPerSecond, 0],
	["sent twice", (run) => run.sentTwice, 0],
];

export function releaseTable(runs: readonly Release[]): string {
	const title = `messages parked for one slot: ${runs[0]?.messages ?? 0}, ${runs.length} runs`;
	return spreadTable(title, rows, runs);
}
