import { describe, expect, it } from "vitest";
import type { DeadReport } from "#shared/usecases/reports/dead-reports.ts";
import { resendReports } from "#shared/usecases/reports/resend-reports.ts";
import { memoryDeadReports, memoryLog, memoryReports, stoppedClock } from "#test/fakes/memory-stores.ts";

const at = Date.UTC(2026, 10, 23);
const order = { userName: "mine", from: at, to: at + 1_000 };

let handles = 0;
const aDeadReport = (userName: string | null, deadSince = at): DeadReport => {
	handles += 1;
	const reportBatch = userName === null ? null : { reportBatchId: `batch-${handles}`, userName, messageIds: [handles] };
	return { reportBatch, deadSince, handle: String(handles) };
};

function aResend(...dead: readonly DeadReport[]) {
	return { deadLetters: memoryDeadReports(dead), reports: memoryReports(), now: stoppedClock(), log: memoryLog() };
}

describe("resending dead reports", () => {
	it("queues those of one account and time as if never tried, and leaves the others (A40)", async () => {
		const wanted = Array.from({ length: 25 }, () => aDeadReport("mine"));
		const others = [
			aDeadReport("theirs"),
			aDeadReport(null),
			aDeadReport("mine", at - 1),
			aDeadReport("mine", at + 1_001),
		];
		const resend = aResend(...others, ...wanted, aDeadReport("mine", at + 1_000));

		const outcome = await resendReports(resend, order);

		expect(outcome).toEqual({ resent: 26, left: 4, complete: true });
		expect(resend.deadLetters.resting).toEqual(others);
		expect(resend.reports.sent).toHaveLength(26);
		expect(
			new Set(resend.reports.sent.map((reportBatch) => ("tries" in reportBatch ? reportBatch.tries : null))),
		).toEqual(new Set([0]));
		expect(await resend.deadLetters.receive()).toEqual(others);
	});

	it("queues a report before it deletes the dead letter", async () => {
		const resend = aResend(aDeadReport("mine"));
		const reports = { send: async () => Promise.reject(new Error("unavailable")) };

		await expect(resendReports({ ...resend, reports }, order)).rejects.toThrow("unavailable");
		expect(resend.deadLetters.resting).toHaveLength(1);
	});

	it("gives back skipped dead letters even if it fails", async () => {
		const others = Array.from({ length: 10 }, () => aDeadReport("theirs"));
		const resend = aResend(...others, aDeadReport("mine"));
		const reports = {
			send: async (reportBatches: readonly unknown[]) => {
				if (reportBatches.length > 0) throw new Error("unavailable");
			},
		};

		await expect(resendReports({ ...resend, reports }, order)).rejects.toThrow("unavailable");
		expect(await resend.deadLetters.receive()).toEqual(others);
	});

	it("stops before skipped dead letters become visible again", async () => {
		const resend = aResend(...Array.from({ length: 50 }, () => aDeadReport("theirs")));
		const deadLetters = {
			...resend.deadLetters,
			async receive() {
				resend.now.advance(4 * 60_000);
				return await resend.deadLetters.receive();
			},
		};

		const outcome = await resendReports({ ...resend, deadLetters }, order);

		expect(outcome).toEqual({ resent: 0, left: 20, complete: false });
	});
});
