import { describe, expect, it } from "vitest";
import type { Message } from "#shared/domain/message/message.ts";
import { endDeadLettered } from "#shared/usecases/send/end-dead-lettered.ts";
import { aMessage, aSentMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { aGatewayWith } from "#test/fakes/gateways.ts";

const someDeps = async (...messages: readonly Message[]) => await aGatewayWith(messages, mondayAtEleven);

describe("messages whose lane entry is a dead letter", () => {
	it("end and are reported: EXPIRED, 22, if they have expired, else FAILED (A19)", async () => {
		const [late, young] = [aMessage({ expiresAt: mondayAtEleven }), aMessage()];
		const deps = await someDeps(late, young);

		await endDeadLettered(deps, [late.messageId, young.messageId, young.messageId, 404]);

		expect(deps.messages.rows.get(late.messageId)).toMatchObject({ status: "EXPIRED", errorCode: "22" });
		expect(deps.messages.rows.get(young.messageId)).toMatchObject({ status: "FAILED", errorCode: "254" });
		expect(deps.reports.sent.flatMap(({ messageIds }) => messageIds)).toEqual([late.messageId, young.messageId]);
	});

	it("are left to their watch row if they were submitted, since a receipt may still come; ended ones stay as they are", async () => {
		const sent = aSentMessage(["a"]);
		const deleted = aMessage({ status: "DELETED", reportBatchId: "p" });
		const deps = await someDeps(sent, deleted);
		await deps.reportBatches.confirm({ reportBatchId: "p", userName: "demo", messageIds: [deleted.messageId] }, 0, 0);

		await endDeadLettered(deps, [sent.messageId, deleted.messageId]);

		expect([...deps.messages.rows.values()]).toEqual([sent, deleted]);
		expect(deps.reports.sent).toEqual([]);
	});

	it("are reported on the next attempt when the first one died between the final status and the report", async () => {
		const message = aMessage();
		const deps = await someDeps(message);
		const reports = { send: async () => Promise.reject(new Error("the queue is unavailable")) };
		await endDeadLettered({ ...deps, reports }, [message.messageId]).catch(() => undefined);

		await endDeadLettered(deps, [message.messageId]);

		expect(deps.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[message.messageId]]);
	});
});
