import { describe, expect, it } from "vitest";
import { receiptsOver } from "#bench/receipts.ts";
import type { RequestOutcome } from "#smpp/session/in-flight.ts";
import { until, useManualTime } from "#test/fakes/manual-time.ts";

useManualTime();

const deliver = (text: string) => ({ command: "deliver_sm", fields: { short_message: Buffer.from(text) } }) as const;

const answered = (command_status: number) =>
	({ kind: "answered", response: { command: "deliver_sm_resp", command_status } }) as RequestOutcome;

/** A session that answers as it is told, in its order, and then with OK; it notes what it was sent. */
function aSession(...outcomes: readonly RequestOutcome[]) {
	const left = [...outcomes];
	const sent: string[] = [];
	return {
		sent,
		inFlight: 0,
		async request({ fields }: { fields?: { short_message?: Buffer } }) {
			sent.push(fields?.short_message?.toString() ?? "");
			return left.shift() ?? answered(0);
		},
	};
}

describe("the bench's receipts", () => {
	it("are sent again until they are confirmed with OK", async () => {
		const session = aSession(answered(0x64), { kind: "timed_out" }, { kind: "unsent" }, { kind: "disconnected" });
		const receipts = receiptsOver(new Set([session]), 1);

		receipts.schedule(deliver("one"));
		await until(() => expect(session.sent).toHaveLength(5));
		receipts.schedule(deliver("two"));
		await until(() => expect(session.sent).toContain("two"));

		expect(session.sent).toEqual(["one", "one", "one", "one", "one", "two"]);
		expect(receipts.resent).toBe(4);
	});

	it("wait for a session, and for room on it", async () => {
		const sessions = new Set<ReturnType<typeof aSession>>();
		const receipts = receiptsOver(sessions, 1);
		const [full, free] = [Object.assign(aSession(), { inFlight: 1_000 }), aSession()];

		receipts.schedule(deliver("one"));
		sessions.add(full).add(free);
		receipts.pump();

		await until(() => expect(free.sent).toEqual(["one"]));
		expect(full.sent).toEqual([]);
	});
});
