import { describe, expect, it } from "vitest";
import { accountJson } from "#shared/contracts/account.ts";
import { senderDetails } from "#shared/domain/accounts/sender-details.ts";
import { isSenderName } from "#shared/domain/accounts/sender-name.ts";
import { acceptMessages } from "#shared/usecases/accept/accept-messages.ts";
import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import { anAccount, aRequest } from "#test/fakes/builders.ts";
import { aGateway } from "#test/fakes/gateways.ts";

const good = [
	"SMSGW",
	"Kaspi.kz",
	"A",
	"ABCDEFGHIJK",
	"O'STIN",
	"1414",
	"+77010000000",
	"7".repeat(20),
	"Ärzte ß",
	"@x",
];
const bad = [
	...["", "Очень", "ABCDEFGHIJKL", "x".repeat(21), "7".repeat(21), `+${"7".repeat(20)}`, " ", " A", "A "],
	...["A\u0000B", "A\nB", "ΔΦΓ", "€", "🐫", "Аlfa", "A\u00a0B", "A\u200bB", "é\u0301"],
];

describe("a sender", () => {
	it.each(good)('may be "%s", which a submit_sm carries as it is (R17)', (name) => {
		const fields = {
			source_addr: name,
			destination_addr: "77010000000",
			data_coding: 0,
			short_message: Buffer.from("x"),
		};

		expect(isSenderName(name)).toBe(true);
		expect(encodePdu({ command: "submit_sm", sequence_number: 1, fields }).includes(Buffer.from(name, "latin1"))).toBe(
			true,
		);
	});

	it.each(bad)("may not be %j", (name) => {
		expect(isSenderName(name)).toBe(false);
	});
});

describe("a sender of an account that no SMSC can carry", () => {
	it("is refused with code 10 when a message names it, and stores nothing (R17)", async () => {
		const gateway = aGateway();
		const sender = "Очень";
		const account = anAccount({ senders: [{ name: sender, defaultTimeBounds: null, allowedTimeBounds: null }] });

		const [outcome] = await acceptMessages(gateway, account, [aRequest({ sender })]);

		expect(outcome).toMatchObject({ kind: "refused", refusal: { code: "10", field: "sender" } });
		expect(gateway.messages.rows.size).toBe(0);
	});

	it("is not among the senders that the user may use (R11, A46)", () => {
		const names = [...good, ...bad];
		const senders = names.map((name) => ({ name, defaultTimeBounds: null, allowedTimeBounds: null }));

		expect(senderDetails(anAccount({ senders })).map(({ sender }) => sender)).toEqual(good);
	});

	it("does not make the account unreadable", () => {
		const text = JSON.stringify({ user_name: "a", senders: [{ name: "Очень" }] });

		expect(accountJson.parse(text).senders[0]?.name).toBe("Очень");
	});
});
