import { describe, expect, it } from "vitest";
import { itemOf, messageOf } from "#shared/aws/dynamo/message-columns.ts";
import { batchBody } from "#shared/contracts/batch-body.ts";
import { messageBody } from "#shared/contracts/message-body.ts";
import { refusalFrom } from "#shared/contracts/refusal-from.ts";
import { isRefused, type RefusedRequest } from "#shared/domain/accept/batch.ts";
import { newMessage } from "#shared/domain/accept/new-message.ts";
import { refusedMessage } from "#shared/domain/accept/refused-message.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import { messageView } from "#shared/domain/message/message-view.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { deliveryReport } from "#shared/domain/reports/delivery-report.ts";
import { anAccount, mondayAtEleven } from "#test/fakes/builders.ts";

const example = { client_message_id: "1", sender: "SMSGW", recipient: "77010000000", message_text: "тест" };
const creation = {
	now: mondayAtEleven,
	messageId: 7,
	attempt: "a",
	batchId: 8,
	retentionMs: 90 * 24 * 3_600_000,
	reportBatchId: "r",
};

/** A message of a tolerant batch as the gateway refuses it. */
function refusedOf(body: unknown, account: Account): RefusedRequest {
	const [item] = batchBody.parse({ messages: [body] }).items;
	if (item === undefined) throw new Error("the batch has no message");
	if (isRefused(item)) return item;
	try {
		newMessage(account, item, creation);
	} catch (refusal) {
		if (refusal instanceof Refusal) return { ...item, refusal, unreadFields: [] };
	}
	throw new Error("it was not refused");
}

function singleRefusal(body: unknown, account: Account): string {
	const parsed = messageBody.safeParse(body);
	if (!parsed.success) return refusalFrom(parsed.error).message;
	return refusedOf(body, account).refusal.message;
}

const shown = (fields: object, account = anAccount()) => {
	const row = refusedMessage(account, refusedOf({ ...example, ...fields }, account), creation);
	return messageOf(itemOf(row));
};

describe("a refused message of a tolerant batch", () => {
	it.each([
		[
			{ client_message_id: undefined },
			"12",
			"client_message_id is missing: must be a text of 1 to 64 characters, or a number",
		],
		[{ flash: 2 }, "255", "flash must be true or false"],
		[{ flash: {} }, "255", "flash must be true or false"],
		[{ recipient: "1" }, "11", "Invalid recipient / destination address (format should be 7xxxYYYzzzz)"],
		[{ sender: "BANK" }, "10", "User can't use alias BANK to send messages"],
		[{ time_bounds: "night" }, "25", "time_bounds must be one of def, wd99, wd911, ad96, ad99, ad911, full"],
		[{ schedule: "2026-11-23 11:20:00" }, "10012", "Schedule must be on a 15-minute step."],
		[{ expire_date: "2026-11-23 10:00:00" }, "98", "expire_date must be in the future, in Almaty's time"],
	])("says in its read and its report what a single POST says: %j (A24)", (fields, code, text) => {
		const row = shown(fields);

		expect(singleRefusal({ ...example, ...fields }, anAccount())).toBe(text);
		expect(messageView(row, false)).toMatchObject({ error_code: code, error_message: text });
		expect(deliveryReport(row)).toMatchObject({ error_code: code, error_message: text });
	});

	it.each([null, 7, "text", [], [example]])("may be no object at all: %j", (body) => {
		const row = refusedMessage(anAccount(), refusedOf(body, anAccount()), creation);

		expect(messageView(row, false)).toMatchObject({ error_code: "255", message_text: "", priority: 0 });
	});

	it("is read back with all that its client sent (R29)", () => {
		const sent = {
			priority: 2,
			flash: true,
			time_bounds: "ad99",
			schedule: "2026-11-24 12:00:00",
			expire_date: "2026-11-25 12:00:00",
		};

		expect(messageView(shown({ ...sent, recipient: "1" }), false)).toMatchObject({ ...sent, recipient: "1" });
		expect(messageView(shown({ ...sent, sender: "BANK" }), false)).toMatchObject({ ...sent, sender: "BANK" });
		expect(messageView(shown({ ...sent, expire_date: "2026-11-01 12:00:00" }), false)).toMatchObject({
			expire_date: "2026-11-01 12:00:00",
		});
	});

	it("is read back with the defaults of what its client did not send (A10, A17)", () => {
		const account = anAccount({ defaultTimeBounds: "wd911" });

		expect(messageView(shown({ recipient: "1" }, account), false)).toMatchObject({
			priority: 0,
			flash: false,
			time_bounds: "wd911",
			schedule: null,
			expire_date: "2026-11-24 11:00:00",
		});
	});

	it.each([
		["a character too long", `${"i".repeat(64)}2`, null],
		["much too long", "i".repeat(1_000), null],
		["an emoji too long", "😀".repeat(65), null],
		["empty", "", null],
		["no text", true, null],
		["a list", ["1"], null],
		["of 64 characters", "i".repeat(64), "i".repeat(64)],
		["of 64 emoji", "😀".repeat(64), "😀".repeat(64)],
		["a number", 7, "7"],
	])("is reported under its own id or none, if that is %s (A24, A29)", (_, id, expected) => {
		const row = shown({ client_message_id: id, recipient: "1" });

		expect(messageView(row, false).client_message_id).toBe(expected);
		expect(deliveryReport(row).client_message_id).toBe(expected);
	});

	it.each([
		["of 1,500 emoji", "😀".repeat(1_500), "😀".repeat(1_500)],
		["of 1,501 emoji", "😀".repeat(1_501), "😀".repeat(1_500)],
		["of emoji behind a letter", `a${"😀".repeat(1_500)}`, `a${"😀".repeat(1_499)}`],
		["of 1,500 letters", "ж".repeat(1_500), "ж".repeat(1_500)],
	])("is read back with its first 1,500 characters, if its text is %s (A30)", (_, text, expected) => {
		expect(messageView(shown({ message_text: text, recipient: "1" }), false).message_text).toBe(expected);
	});

	it("is read back with null for what cannot be read", () => {
		const fields = { flash: "maybe", time_bounds: "night", schedule: "soon", expire_date: 1 };

		expect(messageView(shown(fields), false)).toMatchObject({
			flash: null,
			time_bounds: null,
			schedule: null,
			expire_date: null,
		});
	});
});
