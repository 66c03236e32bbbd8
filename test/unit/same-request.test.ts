import { describe, expect, it } from "vitest";
import { itemOf, messageOf } from "#shared/aws/dynamo/message-columns.ts";
import type { MessageRequest } from "#shared/domain/accept/message-request.ts";
import { newMessage } from "#shared/domain/accept/new-message.ts";
import { isSameRequest } from "#shared/domain/accept/same-request.ts";
import { anAccount, aRequest, mondayAtEleven } from "#test/fakes/builders.ts";

const hour = 3_600_000;
const base = aRequest();

const storedFrom = (parts: Partial<MessageRequest>) => {
	const creation = {
		now: mondayAtEleven,
		messageId: 7,
		attempt: "a",
		batchId: null,
		retentionMs: 0,
		reportBatchId: "r",
	};
	return messageOf(itemOf(newMessage(anAccount(), { ...base, ...parts }, creation)));
};

const later = { expiresAt: mondayAtEleven + 2 * hour };
const farther = { expiresAt: mondayAtEleven + 20 * 24 * hour };

describe("a repeated request", () => {
	it.each<[string, Partial<MessageRequest>]>([
		["no optional field", {}],
		["an expire_date", later],
		["an expire_date that was shortened", farther],
		["time_bounds", { timeBounds: "full" }],
		["a schedule", { schedule: mondayAtEleven + hour }],
	])("with %s is the same as itself (A28)", (_, parts) => {
		expect(isSameRequest(storedFrom(parts), { ...base, ...parts })).toBe(true);
	});

	it.each<[string, Partial<MessageRequest>, Partial<MessageRequest>]>([
		["another expire_date", later, { expiresAt: later.expiresAt + 1_000 }],
		["another expire_date that is shortened to the same", farther, { expiresAt: farther.expiresAt + hour }],
		["an expire_date instead of none", {}, later],
		["the default expire_date instead of none", {}, { expiresAt: mondayAtEleven + 24 * hour }],
		["no expire_date instead of one", later, {}],
		["the default time_bounds instead of none", {}, { timeBounds: "full" }],
		["no time_bounds instead of the default", { timeBounds: "full" }, {}],
		["other time_bounds", { timeBounds: "full" }, { timeBounds: "ad99" }],
		["another schedule", { schedule: mondayAtEleven + hour }, { schedule: mondayAtEleven + 2 * hour }],
		["no schedule", { schedule: mondayAtEleven + hour }, {}],
		["another text", {}, { text: "x" }],
		["another sender", {}, { sender: "X" }],
		["another recipient", {}, { recipient: "77010000001" }],
		["another priority", {}, { priority: 1 }],
		["flash", {}, { flash: true }],
	])("with %s is another (A28)", (_, first, second) => {
		expect(isSameRequest(storedFrom(first), { ...base, ...second })).toBe(false);
	});

	it("of a row of an earlier version is the same if its expiry is within a day (A28)", () => {
		const row = { ...storedFrom({}), given: null };

		expect(isSameRequest(row, base)).toBe(true);
		expect(isSameRequest(row, { ...base, expiresAt: row.expiresAt + hour })).toBe(true);
		expect(isSameRequest(row, { ...base, expiresAt: row.expiresAt + 25 * hour })).toBe(false);
	});
});
