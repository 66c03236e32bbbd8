import { slotAt, slotMs } from "#shared/domain/schedule/slots.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { invokeCheckDue } from "#test/e2e/invoke-check-due.ts";
import { movedClock } from "#test/e2e/moved-clock.ts";
import { type BenchSetup, openBenchSetup, unlimited } from "./bench-setup.ts";
import { clockMs } from "./clock.ts";
import { batchLoad, wholeBatches } from "./load/loads.ts";
import { recipientSequence } from "./load/messages.ts";
import { severalRuns } from "./several-runs.ts";
import { type MeasureRow, spreadTable } from "./tables.ts";
import { waitUntilReported } from "./throughput.ts";

/** Messages that are scheduled for one slot. */
export type Release = {
	readonly messages: number;
	readonly parkPerSecond: number;
	/** From the slot's time, at which its schedule fires at once, to the first and to the last submit_sm. */
	readonly firstMs: number;
	readonly lastMs: number;
	readonly submitPerSecond: number;
	readonly sentTwice: number;
};

type Options = { readonly messages: number; readonly runs: number; readonly receiptDelayMs: number };
type Clock = ReturnType<typeof movedClock>;

/** @throws Error if a message is lost, or sent before its time. */
export async function measureRelease({ messages, runs, receiptDelayMs }: Options): Promise<readonly Release[]> {
	const clock = movedClock();
	const setup = await openBenchSetup({ smsc: unlimited, preload: clock.preload });
	const numbers = recipientSequence();
	const release = async (count: number) =>
		await releaseOnce(setup, clock, wholeBatches(count), numbers, receiptDelayMs);
	try {
		return await severalRuns(runs, messages, release);
	} finally {
		await setup.stop();
		clock.close();
	}
}

async function releaseOnce(
	setup: BenchSetup,
	clock: Clock,
	messages: number,
	numbers: ReturnType<typeof recipientSequence>,
	receiptDelayMs: number,
): Promise<Release> {
	await setup.reset(receiptDelayMs);
	/* Far enough ahead that the last message is parked as well. */
	const slot = slotAt(clock.now() + 2 * slotMs);
	const startedAt = clockMs();
	await batchLoad({ schedule: almatyText(slot) })(setup.target, messages, numbers);
	const parkedAt = clockMs();
	const early = (await setup.smsc.count()).messages;
	if (early > 0) throw new Error(`${early} messages were sent before their time`);
	clock.moveTo(slot);
	const releasedAt = clockMs();
	await invokeCheckDue(setup.localStack, { slot });
	const { submitted } = await waitUntilReported(setup, messages);
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

const rows: readonly MeasureRow<Release>[] = [
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
