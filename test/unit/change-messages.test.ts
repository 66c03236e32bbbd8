import { describe, expect, it } from "vitest";
import type { Message, MessageChange } from "#shared/domain/message/message.ts";
import { ended } from "#shared/domain/message/message-transitions.ts";
import { changeMessages, queueUnconfirmedReports } from "#shared/usecases/message/change-messages.ts";
import type { MessageStore } from "#shared/usecases/message/message-store.ts";
import { aMessage, aSentMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { aGatewayWith } from "#test/fakes/gateways.ts";
import type { memoryMessages } from "#test/fakes/memory-messages.ts";

type MemoryMessages = ReturnType<typeof memoryMessages>;

const someDeps = async (...messages: readonly Message[]) => await aGatewayWith(messages);

/** A store that loses its first answer: another change follows, then the SDK repeats the call. */
function repeatedAfter(store: MemoryMessages, another: (row: Message) => MessageChange): MessageStore["change"] {
	let calls = 0;
	return async (wanted) => {
		calls += 1;
		if (calls > 1) return await store.change(wanted);
		await store.change(wanted);
		await store.change([...store.rows.values()].map((row) => ({ message: row, change: another(row) })));
		return await store.change(wanted);
	};
}

const sentAt = mondayAtEleven + 1_000;
const send = () => ({ status: "SENT", statusAt: sentAt, confirmedAt: sentAt }) as const;
const putOnRoute = () => ({ status: "EN_ROUTE", statusAt: sentAt + 1 }) as const;
const expire = (message: Message) => ended(message, { status: "EXPIRED", errorCode: "22", at: mondayAtEleven });

describe("changing messages", () => {
	it("names the report batch in the change that ends a message, and queues that report batch", async () => {
		const message = aMessage({ userName: "demo" });
		const deps = await someDeps(message);

		const rows = await changeMessages(deps, [message], expire);

		const stored = deps.messages.rows.get(message.messageId);
		expect(stored).toMatchObject({ status: "EXPIRED", revision: 1 });
		expect(stored?.reportBatchId).not.toBeNull();
		expect(deps.reports.sent).toEqual([
			{ reportBatchId: stored?.reportBatchId, userName: "demo", messageIds: [message.messageId] },
		]);
		expect(rows.get(message.messageId)).toEqual(stored);
	});

	it("reports only failures to a client that wants only those, and nothing to one that wants no reports (A47)", async () => {
		const end = (status: "DELIVERED" | "EXPIRED") => (message: Message) =>
			ended(message, { status, errorCode: null, at: mondayAtEleven });
		const messages = (["failures", "never", "always"] as const).map((reportPreference) =>
			aMessage({ reportPreference }),
		);
		const [failures, , always] = messages;

		const [good, bad] = [await someDeps(...messages), await someDeps(...messages)];
		await changeMessages(good, messages, end("DELIVERED"));
		await changeMessages(bad, messages, end("EXPIRED"));

		expect(good.reports.sent.flatMap(({ messageIds }) => messageIds)).toEqual([always?.messageId]);
		expect(bad.reports.sent.flatMap(({ messageIds }) => messageIds)).toEqual([failures?.messageId, always?.messageId]);
	});

	it("queues the reports of what it has changed if other messages cannot be changed", async () => {
		const [ended, contested] = [aMessage(), aMessage()];
		const deps = await someDeps(ended, contested);
		const change: MessageStore["change"] = async (wanted) => {
			const row = deps.messages.rows.get(contested.messageId) ?? contested;
			deps.messages.rows.set(row.messageId, { ...row, revision: row.revision + 1 });
			return await deps.messages.change(wanted);
		};

		const changing = changeMessages({ ...deps, messages: { ...deps.messages, change } }, [ended, contested], expire);

		await expect(changing).rejects.toThrow("changed at each of 10 tries");
		expect(deps.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[ended.messageId]]);
	});

	it("queues a report batch only after all its changes are stored", async () => {
		const messages = [aMessage(), aMessage()];
		const deps = await someDeps(...messages);
		const seen: boolean[] = [];
		const reports = {
			send: async () => {
				seen.push([...deps.messages.rows.values()].every(({ status }) => status === "EXPIRED"));
			},
		};

		await changeMessages({ ...deps, reports }, messages, expire);

		expect(seen).toEqual([true]);
	});

	it("reports messages that end together in one report batch, and no messages in progress", async () => {
		const [one, two, sent] = [aMessage({ userName: "a" }), aMessage({ userName: "a" }), aMessage({ userName: "a" })];
		const deps = await someDeps(one, two, sent);

		await changeMessages(deps, [one, two, sent], (message) =>
			message.messageId === sent.messageId ? { status: "SENT" } : expire(message),
		);

		expect(deps.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[one.messageId, two.messageId]]);
		expect(deps.messages.rows.get(sent.messageId)).toMatchObject({ status: "SENT", reportBatchId: null });
	});

	it("gives a message that ends again another report batch, so it is reported again (A35)", async () => {
		const message = aSentMessage(["a"], { status: "ACCEPTED", reportBatchId: "first" });
		const deps = await someDeps(message);

		await changeMessages(deps, [message], () => ({ status: "DELIVERED", errorCode: null }));

		expect(deps.reports.sent.map(({ reportBatchId }) => reportBatchId)).not.toContain("first");
		expect(deps.reports.sent).toHaveLength(1);
	});

	it("leaves an unchanged message alone, and keeps the report batch of one whose status stays", async () => {
		const idle = aMessage();
		const finished = aSentMessage(["a"], { status: "DELIVERED", reportBatchId: "first" });
		const deps = await someDeps(idle, finished);

		await changeMessages(deps, [idle, finished], (message) =>
			message.messageId === idle.messageId ? null : { segments: [] },
		);

		expect(deps.messages.rows.get(idle.messageId)).toEqual(idle);
		expect(deps.messages.rows.get(finished.messageId)?.reportBatchId).toBe("first");
		expect(deps.reports.sent).toEqual([]);
	});

	it("reads a concurrently changed message again and decides again", async () => {
		const message = aMessage();
		const deps = await someDeps(message);
		deps.messages.rows.set(message.messageId, { ...message, status: "DELETED", reportBatchId: "theirs", revision: 1 });
		const decided: string[] = [];

		const rows = await changeMessages(deps, [message], (row) => {
			decided.push(row.status);
			return expire(row);
		});

		expect(decided).toEqual(["NEW", "DELETED"]);
		expect(rows.get(message.messageId)).toMatchObject({ status: "DELETED", reportBatchId: "theirs" });
		expect(deps.reports.sent).toEqual([]);
	});

	it("reports a final status when its answer was lost and another change came before the SDK's retry", async () => {
		const message = aSentMessage(["a"]);
		const deps = await someDeps(message);
		const messages = { ...deps.messages, change: repeatedAfter(deps.messages, (row) => ({ segments: row.segments })) };

		await changeMessages({ ...deps, messages }, [message], expire);

		const row = deps.messages.rows.get(message.messageId);
		expect(row).toMatchObject({ status: "EXPIRED", revision: 2 });
		expect(deps.reports.sent).toEqual([
			{ reportBatchId: row?.reportBatchId, userName: "demo", messageIds: [message.messageId] },
		]);
	});

	it("names the report batch in the change to an intermediate status, and queues it with that status (A34)", async () => {
		const message = aMessage({ wantsInterimReports: true });
		const deps = await someDeps(message);

		const sent = await changeMessages(deps, [message], send);
		await changeMessages(deps, [...sent.values()], putOnRoute);

		const row = deps.messages.rows.get(message.messageId);
		const common = { userName: "demo", messageIds: [message.messageId] };
		expect(row).toMatchObject({ status: "EN_ROUTE", reportBatchId: null });
		expect(deps.reports.sent).toEqual([
			{ ...common, reportBatchId: row?.sentReportBatchId, interim: { status: "SENT", at: sentAt } },
			{ ...common, reportBatchId: row?.enRouteReportBatchId, interim: { status: "EN_ROUTE", at: sentAt + 1 } },
		]);
		expect(row?.sentReportBatchId).not.toBe(row?.enRouteReportBatchId);
	});

	it("names no report batch for an intermediate status that is not reported, so the row stays small (A34)", async () => {
		const message = aMessage();
		const deps = await someDeps(message);

		await changeMessages(deps, [message], send);

		expect(deps.messages.rows.get(message.messageId)).toEqual({ ...message, ...send(), revision: 1 });
		expect(deps.reports.sent).toEqual([]);
	});

	it.each([
		["EN_ROUTE", () => ({ ...putOnRoute(), enRouteReportBatchId: "theirs" })],
		["DELIVERED", () => ({ status: "DELIVERED" as const, statusAt: sentAt + 2, reportBatchId: "theirs" })],
	] as const)("reports SENT whose answer was lost, though %s came before the SDK's retry (A34)", async (_, another) => {
		const message = aMessage({ wantsInterimReports: true });
		const deps = await someDeps(message);
		const messages = { ...deps.messages, change: repeatedAfter(deps.messages, another) };

		await changeMessages({ ...deps, messages }, [message], (row) => (row.status === "NEW" ? send() : null));

		const reportBatchId = deps.messages.rows.get(message.messageId)?.sentReportBatchId;
		expect(deps.reports.sent).toMatchObject([{ reportBatchId, interim: { status: "SENT", at: sentAt } }]);
	});

	it("skips a message that no longer exists", async () => {
		const message = aMessage();
		const deps = await someDeps();

		await changeMessages(deps, [message], expire);

		expect(deps.messages.rows.size).toBe(0);
		expect(deps.reports.sent).toEqual([]);
	});

	it("gives up on a message that keeps changing", async () => {
		const message = aMessage();
		const deps = await someDeps(message);
		const store = { ...deps.messages, change: async () => ["stale" as const] };

		await expect(changeMessages({ ...deps, messages: store }, [message], expire)).rejects.toThrow(
			"changed at each of 10 tries",
		);
	});

	it("loses no report when the queue is unavailable: the stored change names the report batch for a later attempt", async () => {
		const message = aMessage();
		const deps = await someDeps(message);
		const reports = { send: async () => Promise.reject(new Error("the queue is unavailable")) };

		await expect(changeMessages({ ...deps, reports }, [message], expire)).rejects.toThrow("unavailable");
		await queueUnconfirmedReports(deps, [...deps.messages.rows.values()]);

		expect(deps.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[message.messageId]]);
	});
});

describe("queueing unconfirmed reports", () => {
	it("queues the report batches of ended messages without a confirmed report", async () => {
		const confirmed = aSentMessage(["a"], { status: "DELIVERED", reportBatchId: "p" });
		const unconfirmed = aSentMessage(["b"], { status: "DELIVERED", reportBatchId: "p" });
		const other = aSentMessage(["c"], { status: "EXPIRED", reportBatchId: "q" });
		const deps = await someDeps();
		await deps.reportBatches.confirm({ reportBatchId: "p", userName: "demo", messageIds: [confirmed.messageId] }, 0, 0);

		await queueUnconfirmedReports(deps, [confirmed, unconfirmed, other]);

		expect(deps.reports.sent.map(({ reportBatchId, messageIds }) => [reportBatchId, messageIds])).toEqual([
			["p", [unconfirmed.messageId]],
			["q", [other.messageId]],
		]);
	});

	it("queues interim reports with their status at that time, and no confirmed ones (A34)", async () => {
		const confirmed = aSentMessage(["a"], { wantsInterimReports: true, sentReportBatchId: "p" });
		const unconfirmed = aSentMessage(["b"], { wantsInterimReports: true, sentReportBatchId: "p" });
		const further = { ...unconfirmed, ...putOnRoute(), enRouteReportBatchId: "q" };
		const deps = await someDeps();
		await deps.reportBatches.confirm({ reportBatchId: "p", userName: "demo", messageIds: [confirmed.messageId] }, 0, 0);

		await queueUnconfirmedReports(deps, [confirmed, further]);

		const common = { userName: "demo", messageIds: [unconfirmed.messageId] };
		expect(deps.reports.sent).toEqual([
			{ ...common, reportBatchId: "p", interim: { status: "SENT", at: unconfirmed.confirmedAt } },
			{ ...common, reportBatchId: "q", interim: { status: "EN_ROUTE", at: further.statusAt } },
		]);
	});

	it("queues only the final report of a message that has ended (A34)", async () => {
		const ended = aSentMessage(["a"], {
			status: "DELIVERED",
			wantsInterimReports: true,
			sentReportBatchId: "p",
			reportBatchId: "q",
		});
		const deps = await someDeps();

		await queueUnconfirmedReports(deps, [ended]);

		expect(deps.reports.sent).toEqual([{ reportBatchId: "q", userName: "demo", messageIds: [ended.messageId] }]);
	});

	it("queues nothing for messages in progress or without a recipient of reports", async () => {
		const deps = await someDeps();

		await queueUnconfirmedReports(deps, [
			aMessage({ reportBatchId: "p" }),
			aMessage({ status: "EXPIRED", reportBatchId: null }),
		]);

		expect(deps.reports.sent).toEqual([]);
	});
});
