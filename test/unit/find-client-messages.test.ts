import { describe, expect, it } from "vitest";
import type { Message } from "#shared/domain/message/message.ts";
import { idSeriesLength, messageIdOf } from "#shared/domain/message/message-id.ts";
import { findMetMessages } from "#shared/usecases/message/find-client-messages.ts";
import { aMessage } from "#test/fakes/builders.ts";
import { aGatewayWith } from "#test/fakes/gateways.ts";

const idKey = "0123456789abcdef";
const idAt = (clientMessageId: string, place: number) => messageIdOf(idKey, "demo", clientMessageId, place);
const at = (place: number, parts: Partial<Message> = {}) =>
	aMessage({ messageId: idAt("a", place), userName: "demo", clientMessageId: "a", ...parts });

async function met(rows: readonly Message[], clientMessageIds: readonly string[]) {
	const { messages } = await aGatewayWith(rows);
	const reads: number[] = [];
	const read = async (ids: readonly number[]) => {
		reads.push(ids.length);
		return await messages.read(ids);
	};
	const found = await findMetMessages({ read }, idKey, "demo", clientMessageIds);
	return { found: [...found].map(([id, row]) => [id, row.messageId]), reads };
}

describe("the messages that a request would meet", () => {
	const other = { clientMessageId: "other" };

	it("takes one read for each id that is free or used", async () => {
		expect(await met([at(0)], ["a", "b", "c"])).toEqual({ found: [["a", idAt("a", 0)]], reads: [3] });
		expect(await met([], ["b", "b"])).toEqual({ found: [], reads: [1] });
		expect(await met([], [])).toEqual({ found: [], reads: [] });
	});

	it("goes on where another message has the place", async () => {
		const rows = [at(0, other), at(1)];
		expect(await met(rows, ["a", "b"])).toEqual({ found: [["a", idAt("a", 1)]], reads: [2, 1] });
		expect(await met([at(0, { userName: "another" })], ["a"])).toEqual({ found: [], reads: [1, 1] });
	});

	it("ends with the series", async () => {
		const rows = Array.from({ length: idSeriesLength }, (_, place) => at(place, other));
		expect(await met(rows, ["a"])).toEqual({ found: [], reads: Array(idSeriesLength).fill(1) });
	});
});
