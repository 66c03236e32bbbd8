import { describe, expect, it } from "vitest";
import { itemOf, messageOf } from "#shared/aws/dynamo/message-columns.ts";
import { type FinalText, redacted } from "#shared/domain/message/final-text.ts";
import { messageView } from "#shared/domain/message/message-view.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { statuses } from "#shared/domain/message/statuses.ts";
import { clientReceipt } from "#shared/domain/reports/client-receipt.ts";
import { acceptBatch } from "#shared/usecases/accept/accept-batch.ts";
import { acceptMessages } from "#shared/usecases/accept/accept-messages.ts";
import { changeMessages } from "#shared/usecases/message/change-messages.ts";
import { aMessage, anAccount, aRequest, aSentMessage } from "#test/fakes/builders.ts";
import { aGateway, aGatewayWith } from "#test/fakes/gateways.ts";

const ended = { status: "DELIVERED", statusAt: 1 } as const;
const textOf = (text: string, finalText: FinalText) => redacted(aMessage({ text, finalText, ...ended })).text;

describe("the text of a message that has ended", () => {
	it.each([
		["Your code is 482913", "Your code is ******"],
		["Код: 4829-13, никому не говорите", "Код: ****-**, никому не говорите"],
		["G-4829 A7X9Q2 ٣٤٥ é1 x²", "G-**** ****** *** ** **"],
		["https://x.kz/a1b2?t=9", "https://x.kz/****?t=*"],
		["No digits at all, 🐫", "No digits at all, 🐫"],
		["", ""],
	])("%j is kept as %j with mask-codes", (text, masked) => {
		expect(textOf(text, "mask-codes")).toBe(masked);
		expect(textOf(masked, "mask-codes")).toBe(masked);
		expect([textOf(text, "keep"), textOf(text, "remove")]).toEqual([text, ""]);
	});

	it("is redacted in every final status, and in no other", () => {
		const kept = statuses.filter((status) => redacted(aMessage({ text: "1234", finalText: "remove", status })).text);

		expect(kept).toEqual(["NEW", "SENT", "EN_ROUTE"]);
	});

	it("takes the octets of a client's part with it", () => {
		const part = { reference: 1, total: 2, number: 1, encoding: "gsm7", octets: "AAAA" } as const;

		expect(redacted(aMessage({ part, finalText: "mask-codes", ...ended })).part).toEqual({ ...part, octets: "" });
		expect(redacted(aMessage({ part, finalText: "mask-codes" })).part).toEqual(part);
	});

	it("is read redacted, even if an older version ended the message and kept it", () => {
		const row = messageOf(itemOf(aMessage({ text: "code 1234", finalText: "mask-codes", ...ended })));

		expect(messageView(row, false)).toMatchObject({ message_text: "code ****", text_redacted: true });
		expect(messageView({ ...row, finalText: "keep" }, false)).not.toHaveProperty("text_redacted");
		expect(clientReceipt(row).text).toMatch(/text:code \*\*\*\*$/);
	});
});

describe("an account whose texts are not kept", () => {
	const account = anAccount({ finalTexts: "remove", duplicates: "replay" });
	const textsOf = (gateway: ReturnType<typeof aGateway>) => [...gateway.messages.rows.values()].map(({ text }) => text);

	it("has its text until the message ends, and not after", async () => {
		const row = aSentMessage(["a"], { text: "code 1234", finalText: "mask-codes" });
		const gateway = await aGatewayWith([row]);

		await changeMessages(gateway, [row], () => ({ status: "EN_ROUTE", statusAt: 1 }));
		const [onTheWay] = textsOf(gateway);
		const rows = await changeMessages(gateway, [...gateway.messages.rows.values()], () => ended);

		expect([onTheWay, ...textsOf(gateway)]).toEqual(["code 1234", "code ****"]);
		expect(rows.get(row.messageId)?.text).toBe("code ****");
	});

	it("stores no text of a message that ends on acceptance: refused in a batch, or expired (A19, A24)", async () => {
		const gateway = aGateway();
		const refused = {
			...aRequest({ clientMessageId: "r", recipient: "1", text: "1234" }),
			refusal: new Refusal("11", { field: "recipient" }),
		};
		const saturday = Date.UTC(2026, 10, 28, 6, 0, 0);
		const late = aRequest({ text: "5678", timeBounds: "def", expiresAt: saturday + 3_600_000 });

		await acceptBatch({ ...gateway, now: () => saturday }, account, {
			failFast: false,
			items: [refused, late],
			body: "",
		});

		expect([...gateway.messages.rows.values()].map(({ status }) => status).sort()).toEqual([
			"EXPIRED",
			"UNDELIVERABLE",
		]);
		expect(textsOf(gateway)).toEqual(["", ""]);
	});

	it("still has an identical request recognised, and another text told apart (A28)", async () => {
		const gateway = aGateway();
		const request = aRequest({ text: "code 1234" });
		await acceptMessages(gateway, account, [request]);
		await changeMessages(gateway, [...gateway.messages.rows.values()], () => ended);

		const outcomes = [
			...(await acceptMessages(gateway, account, [request])),
			...(await acceptMessages(gateway, account, [{ ...request, text: "code 4321" }])),
			...(await acceptMessages(gateway, account, [{ ...request, text: "" }])),
		];

		expect(outcomes).toMatchObject([{ same: true }, { same: false }, { same: false }]);
		expect(textsOf(gateway)).toEqual([""]);
	});

	it("has the stage's setting if it has none of its own", async () => {
		const gateway = aGateway();
		const row = async (finalTexts: FinalText | null) => {
			const [outcome] = await acceptMessages({ ...gateway, finalTexts: "mask-codes" }, anAccount({ finalTexts }), [
				aRequest(),
			]);
			const id = outcome?.kind === "accepted" ? outcome.messageId : 0;
			return gateway.messages.rows.get(id)?.finalText;
		};

		expect([await row(null), await row("keep"), await row("remove")]).toEqual(["mask-codes", "keep", "remove"]);
	});

	it("has no hash of a text stored unless it asks for replays", async () => {
		const gateway = aGateway();
		await acceptMessages(gateway, { ...account, duplicates: "refuse" }, [aRequest()]);
		await acceptMessages(gateway, anAccount({ duplicates: "replay" }), [aRequest()]);

		expect([...gateway.messages.rows.values()].map(({ textDigest }) => textDigest)).toEqual([null, null]);
	});
});
