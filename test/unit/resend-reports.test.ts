import { describe, expect, it } from "vitest";
import type { DeadReport } from "#shared/usecases/reports/dead-reports.ts";
import { resendReports } from "#shared/usecases/reports/resend-reports.ts";
import { memoryDeadReports, memoryLog, memoryReports, stoppedClock } from "#test/fakes/memory-stores.ts";

const at = Date.UTC(2026, 10, 23);
const order = { userName: "mine", from: at, to: at + 1_000 };

let handles = 0;
const aDead = (userName: string | null, deadSince = at): DeadReport => {
	handles += 1;
	const reportBatch = userName === null ? null : { reportBatchId: `pack-${handles}`, userName, messageIds: [handles] };
	return { reportBatch, deadSince, handle: String(handles) };
};

function aResending(...resting: readonly DeadReport[]) {
	return { deadLetters: memoryDeadReports(resting), reports: memoryReports(), now: stoppedClock(), log: memoryLog() };
}

describe("sending reports again", () => {
	it("takes those of one account and time, as if never tried, and leaves the others where they were (A40)", async () => {
		const wanted = Array.from({ length: 25 }, () => aDead("mine"));
		const others = [aDead("theirs"), aDead(null), aDead("mine", at - 1), aDead("mine", at + 1_001)];
		const resending = aResending(...others, ...wanted, aDead("mine", at + 1_000));

		const outcome = await resendReports(resending, order);

		expect(outcome).toEqual({ resent: 26, left: 4, complete: true });
		expect(resending.deadLetters.resting).toEqual(others);
		expect(resending.reports.sent).toHaveLength(26);
		expect(
			new Set(resending.reports.sent.map((reportBatch) => ("tries" in reportBatch ? reportBatch.tries : null))),
		).toEqual(new Set([0]));
		expect(await resending.deadLetters.receive()).toEqual(others);
	});

	it("takes none from the dead letters before it is queued", async () => {
		const resending = aResending(aDead("mine"));
		const reports = { send: async () => Promise.reject(new Error("away")) };

		await expect(resendReports({ ...resending, reports }, order)).rejects.toThrow("away");
		expect(resending.deadLetters.resting).toHaveLength(1);
	});

	it("gives back what it passed over also where it fails", async () => {
		const others = Array.from({ length: 10 }, () => aDead("theirs"));
		const resending = aResending(...others, aDead("mine"));
		const reports = {
			send: async (reportBatches: readonly unknown[]) => {
				if (reportBatches.length > 0) throw new Error("away");
			},
		};

		await expect(resendReports({ ...resending, reports }, order)).rejects.toThrow("away");
		expect(await resending.deadLetters.receive()).toEqual(others);
	});

	it("ends before those that it passed over could come again", async () => {
		const resending = aResending(...Array.from({ length: 50 }, () => aDead("theirs")));
		const deadLetters = {
			...resending.deadLetters,
			async receive() {
				resending.now.advance(4 * 60_000);
				return await resending.deadLetters.receive();
			},
		};

		const outcome = await resendReports({ ...resending, deadLetters }, order);

		expect(outcome).toEqual({ resent: 0, left: 20, complete: false });
	});
});
