import { describe, expect, it } from "vitest";
import { instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import { acceptUnnamed } from "#shared/usecases/accept/accept-unnamed.ts";
import type { Lanes } from "#shared/usecases/accept/lanes.ts";
import { aMessage, anAccount, aRequest } from "#test/fakes/builders.ts";
import { aGateway } from "#test/fakes/gateways.ts";
import { unansweredLanes } from "#test/fakes/memory-stores.ts";

const at = (text: string) => instantFromAlmatyText(text) ?? Number.NaN;

describe("accepting messages without a client_message_id, of several accounts together", () => {
	const unnamed = (parts: Parameters<typeof aRequest>[0] = {}) => ({ ...aRequest(parts), clientMessageId: null });

	it("gives each message its own id, even to equal ones, and queues those of an account together", async () => {
		const gateway = aGateway();
		const [one, other] = [anAccount(), anAccount()];
		const accountRequests = [one, other, one].map((account) => ({ account, request: unnamed() }));

		const outcomes = await acceptUnnamed(gateway, accountRequests);

		const ids = outcomes.map((outcome) => (outcome.kind === "accepted" ? outcome.messageId : 0));
		expect(new Set(ids).size).toBe(3);
		expect(gateway.lanes.sent.map(({ sendJob }) => [sendJob.userName, sendJob.messageIds])).toEqual([
			[one.userName, [ids[0], ids[2]]],
			[other.userName, [ids[1]]],
		]);
	});

	it("refuses one message without the others", async () => {
		const gateway = aGateway();
		const [one, other] = [anAccount(), anAccount()];

		const outcomes = await acceptUnnamed(gateway, [
			{ account: one, request: unnamed({ sender: "NOBODY" }) },
			{ account: other, request: unnamed() },
		]);

		expect(outcomes.map(({ kind }) => kind)).toEqual(["refused", "accepted"]);
	});

	it("reports a message that ends at once to its account, unless that account wants no reports (A19, A47)", async () => {
		const gateway = aGateway(at("2026-11-24 18:00:00"));
		const late = { timeBounds: "def", expiresAt: instantFromAlmatyText("2026-11-25 08:00:00") } as const;
		const [one, other, quiet] = [anAccount(), anAccount(), anAccount()];

		await acceptUnnamed(gateway, [
			{ account: one, request: unnamed(late) },
			{ account: other, request: unnamed({ ...late, reportPreference: "failures" }) },
			{ account: quiet, request: unnamed({ ...late, reportPreference: "never" }) },
		]);

		expect(gateway.reports.sent.map(({ userName }) => userName)).toEqual([one.userName, other.userName]);
		expect([...gateway.messages.rows.values()].map(({ status }) => status)).toEqual(["EXPIRED", "EXPIRED", "EXPIRED"]);
	});

	it("uses another id when one is taken, though neither message has a client_message_id", async () => {
		const gateway = aGateway();
		const account = anAccount();
		const { insert } = gateway.messages;
		let tries = 0;
		const messages = {
			...gateway.messages,
			insert: async (rows: Parameters<typeof insert>[0]) => {
				tries += 1;
				const [row] = rows;
				const by = aMessage({ userName: account.userName, clientMessageId: null });
				return tries === 1 && row ? [{ kind: "taken" as const, by }] : await insert(rows);
			},
		};

		const [outcome] = await acceptUnnamed({ ...gateway, messages }, [{ account, request: unnamed() }]);

		expect([outcome?.kind, tries]).toEqual(["accepted", 2]);
	});

	it("takes back and fails a message that its lane refused, and accepts the others", async () => {
		const gateway = aGateway();
		const lanes: Lanes = {
			...gateway.lanes,
			sendFirst: async (sendJobs) => sendJobs.map(({ priority }) => (priority === 0 ? "queued" : "refused")),
		};
		const account = anAccount();
		const accountRequests = [unnamed(), unnamed({ priority: 2 }), unnamed()].map((request) => ({ account, request }));

		const outcomes = await acceptUnnamed({ ...gateway, lanes }, accountRequests);

		expect(outcomes.map(({ kind }) => kind)).toEqual(["accepted", "failed", "accepted"]);
		expect([...gateway.messages.rows.values()].map(({ priority }) => priority)).toEqual([0, 0]);
	});

	it("fails a message when the outcome of its send is unknown, and keeps its row, so a copy would be tracked", async () => {
		const gateway = aGateway();
		const slots = { ...gateway.slots, put: async () => await Promise.reject(new Error("the table is unavailable")) };

		const outcomes = await acceptUnnamed({ ...gateway, lanes: unansweredLanes, slots }, [
			{ account: anAccount(), request: unnamed() },
		]);

		expect(outcomes.map(({ kind }) => kind)).toEqual(["failed"]);
		expect(gateway.messages.rows.size).toBe(1);
	});

	it("takes all rows back when one cannot be stored", async () => {
		const gateway = aGateway();
		const messages = {
			...gateway.messages,
			insert: async (rows: Parameters<typeof gateway.messages.insert>[0]) => {
				await gateway.messages.insert(rows.slice(1));
				throw new Error("the table is unavailable");
			},
		};
		const accountRequests = [anAccount(), anAccount()].map((account) => ({ account, request: unnamed() }));

		await expect(acceptUnnamed({ ...gateway, messages }, accountRequests)).rejects.toThrow("unavailable");

		expect(gateway.messages.rows.size).toBe(0);
	});
});
