import { describe, expect, it } from "vitest";
import type { Batch } from "#shared/domain/accept/batch.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { promisedMessages } from "#shared/usecases/message/promised-messages.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { aGatewayWith } from "#test/fakes/gateways.ts";

const far = mondayAtEleven + 86_400_000;
const fresh = (parts: Partial<Message> = {}) => aMessage({ batchId: 7, expiresAt: far, revision: 0, ...parts });

async function promised(rows: readonly Message[], batch: Partial<Batch> | null) {
	const deps = await aGatewayWith(rows, mondayAtEleven);
	if (batch !== null)
		await deps.batches.put({
			...{ batchId: 7, userName: "demo", messageIds: rows.map(({ messageId }) => messageId) },
			...{ acceptedAt: mondayAtEleven, keepUntil: far, isFailFast: false, state: "committed", attempt: "attempt" },
			...batch,
		});
	const shown = await promisedMessages(deps, rows);
	return {
		shown: shown.length,
		queued: deps.lanes.sent.flatMap(({ sendJob }) => sendJob.messageIds).length,
		raised: [...deps.messages.rows.values()].filter(({ revision }) => revision > 0).length,
	};
}

describe("messages at revision 0 that are shown to their client", () => {
	it.each([
		["of a committed tolerant batch have holders already", {}, {}, { shown: 50, queued: 0, raised: 0 }],
		["of another attempt at it may have none", {}, { messageIds: [] }, { shown: 50, queued: 50, raised: 50 }],
		["of a tolerant batch that is not committed get holders", {}, null, { shown: 50, queued: 50, raised: 50 }],
		[
			"of a committed fail-fast batch get holders",
			{ isFailFast: true },
			{ isFailFast: true },
			{ shown: 50, queued: 50, raised: 50 },
		],
		[
			"of a fail-fast batch that is not committed are left out",
			{ isFailFast: true },
			{ isFailFast: true, state: "aborted" },
			{ shown: 0, queued: 0, raised: 0 },
		],
		["of no batch get holders", { batchId: null }, null, { shown: 50, queued: 50, raised: 50 }],
	] as const)("%s (R27, A52)", async (_, parts, batch, expected) => {
		const rows = Array.from({ length: 50 }, () => fresh(parts));

		expect(await promised(rows, batch)).toEqual(expected);
	});
});
