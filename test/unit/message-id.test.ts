import { describe, expect, it } from "vitest";
import { idSeriesLength, messageIdOf, randomMessageId } from "#shared/domain/message/message-id.ts";

const key = "a key of the deployment's";

describe("a message's id", () => {
	it("is the same for the same request, on each deployment with the same key", () => {
		expect(messageIdOf(key, "demo", "1", 0)).toBe(messageIdOf(key, "demo", "1", 0));
		/* A changed hash would make every client_message_id new. */
		expect(messageIdOf(key, "demo", "1", 0)).toMatchInlineSnapshot(`4850499190281112`);
	});

	it("differs by key, user, client_message_id and place in the series", () => {
		const ids = [
			messageIdOf(key, "demo", "1", 0),
			messageIdOf(`${key}!`, "demo", "1", 0),
			messageIdOf(key, "demo2", "1", 0),
			messageIdOf(key, "demo", "2", 0),
			...Array.from({ length: idSeriesLength - 1 }, (_, place) => messageIdOf(key, "demo", "1", place + 1)),
		];

		expect(new Set(ids).size).toBe(ids.length);
	});

	it("does not stay the same when letters move between user name and client_message_id", () => {
		expect(messageIdOf(key, "ab", "c", 0)).not.toBe(messageIdOf(key, "a", "bc", 0));
		expect(messageIdOf(key, 'a","b', "c", 0)).not.toBe(messageIdOf(key, "a", 'b","c', 0));
	});

	it("is random without a client_message_id, and still exact as a JSON number (A2)", () => {
		const ids = Array.from({ length: 1_000 }, randomMessageId);

		expect(new Set(ids).size).toBe(1_000);
		expect(ids.every((id) => Number.isSafeInteger(id) && id > 0)).toBe(true);
		expect(ids.some((id) => id > 2 ** 52)).toBe(true);
	});
});
