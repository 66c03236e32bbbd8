import { describe, expect, it } from "vitest";
import type { Message } from "#shared/domain/message/message.ts";
import { cancelBatch } from "#shared/usecases/batches/cancel-batch.ts";
import { pauseBatch, resumeBatch } from "#shared/usecases/batches/pause-batch.ts";
import { pickUpMessages, settleOthers } from "#shared/usecases/send/pick-up-messages.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { aGatewayWith } from "#test/fakes/gateways.ts";
import { memorySwitches } from "#test/fakes/memory-leases.ts";

const batchId = 7;
const far = mondayAtEleven + 86_400_000;
const inBatch = (parts: Partial<Message> = {}) =>
	aMessage({ batchId, expiresAt: far, timeBounds: "full", acceptedAt: mondayAtEleven, ...parts });

async function aBatch(...messages: readonly Message[]) {
	const gateway = { ...(await aGatewayWith(messages, mondayAtEleven)), switches: memorySwitches() };
	await gateway.batches.put({
		...{ batchId, userName: "demo", messageIds: messages.map(({ messageId }) => messageId) },
		...{ acceptedAt: mondayAtEleven, keepUntil: far, isFailFast: false, state: "committed", attempt: "attempt" },
	});
	return gateway;
}

type Gateway = Awaited<ReturnType<typeof aBatch>>;

/** A task receives the first entry of these messages. */
async function pickUp(gateway: Gateway, messages: readonly Message[]) {
	const { batches } = await gateway.switches.paused();
	const deps = { ...gateway, isBatchPaused: (id: number) => batches.has(id) };
	const messageIds = messages.map(({ messageId }) => messageId);
	const { submit, others } = await pickUpMessages(deps, [
		{ entryId: "entry", kind: "first", messageIds, redelivered: false },
	]);
	await settleOthers(deps, others);
	return [...submit.keys()];
}

describe("pausing a batch", () => {
	it("stops its messages until it is resumed, which releases them at once", async () => {
		const messages = [inBatch(), inBatch()];
		const gateway = await aBatch(...messages);

		expect(await pauseBatch(gateway, batchId)).toBe("paused");
		expect(await pickUp(gateway, messages)).toEqual([]);
		expect(await resumeBatch(gateway, batchId)).toBe(2);

		expect(gateway.lanes.sent).toMatchObject([
			{ kind: "release", delaySeconds: 15, sendJob: { messageIds: messages.map(({ messageId }) => messageId) } },
		]);
		expect((await gateway.switches.paused()).batches).toEqual(new Set());
	});

	it("is refused for a batch that does not exist, and when a hundred are paused", async () => {
		const gateway = await aBatch(inBatch());
		expect(await pauseBatch(gateway, 8)).toBe("absent");
		for (let id = 100; id < 200; id += 1) await gateway.switches.pauseBatch(id, far, 0);

		expect(await pauseBatch(gateway, batchId)).toBe("full");
		expect(await cancelBatch({ ...gateway, pause: async () => undefined }, batchId, 0)).toEqual({ kind: "full" });
	});

	it("releases none that have a second entry of the first kind, that ended or that wait for their window", async () => {
		const gateway = await aBatch(
			inBatch(),
			inBatch({ pausedAt: mondayAtEleven, status: "DELETED" }),
			inBatch({ pausedAt: mondayAtEleven, schedule: mondayAtEleven + 3_600_000 }),
		);

		expect(await resumeBatch(gateway, batchId)).toBe(0);
		expect(gateway.lanes.sent).toEqual([]);
	});
});

describe("cancelling a batch", () => {
	it("withdraws what the tasks have set aside for a minute, and resumes the batch", async () => {
		const messages = [inBatch(), inBatch(), inBatch({ schedule: mondayAtEleven + 3_600_000, scheduleState: "N" })];
		const gateway = await aBatch(...messages);
		const pause = async (ms: number) => {
			await pickUp(
				gateway,
				messages.filter((one) => gateway.messages.rows.get(one.messageId)?.pausedAt === null),
			);
			gateway.now.advance(ms);
		};
		const seen: number[] = [];

		const outcome = await cancelBatch({ ...gateway, pause }, batchId, 180_000, ({ withdrawn }) => seen.push(withdrawn));

		expect(outcome).toMatchObject({ kind: "cancelled", waiting: 0, withdrawal: { withdrawn: 3, gone: 0, ended: 0 } });
		expect([seen[0], seen.at(-1)]).toEqual([1, 3]);
		expect((await gateway.switches.paused()).batches).toEqual(new Set());
	});

	it("queues unconfirmed reports of an earlier call again, once, and each of its own once", async () => {
		const scheduled = { schedule: mondayAtEleven + 3_600_000, scheduleState: "N" } as const;
		const earlier = inBatch({ ...scheduled, scheduleState: null, status: "DELETED", reportBatchId: "earlier" });
		const own = inBatch(scheduled);
		const gateway = await aBatch(earlier, own, inBatch());

		await cancelBatch({ ...gateway, pause: async (ms) => gateway.now.advance(ms) }, batchId, 60_000);

		expect(gateway.reports.sent.flatMap(({ messageIds }) => messageIds).sort()).toEqual(
			[earlier.messageId, own.messageId].sort(),
		);
	});

	it("leaves the batch paused if messages still wait in their lanes", async () => {
		const gateway = await aBatch(inBatch());
		const pause = async (ms: number) => gateway.now.advance(ms);

		const outcome = await cancelBatch({ ...gateway, pause }, batchId, 60_000);

		expect(outcome).toMatchObject({ kind: "cancelled", waiting: 1, withdrawal: { withdrawn: 0, gone: 1 } });
		expect((await gateway.switches.paused()).batches).toEqual(new Set([batchId]));
	});
});
