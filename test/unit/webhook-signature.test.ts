import { describe, expect, it } from "vitest";
import { webhookSecretsJson } from "#shared/contracts/account.ts";
import { webhookSignature } from "#shared/domain/reports/webhook-signature.ts";

/** The example of the Standard Webhooks specification. */
const example = {
	secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
	content: { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: "1614265330", body: '{"test": 2432232314}' },
	signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};

describe("a webhook's signature", () => {
	it("equals the specification's example (A42)", () => {
		expect(webhookSignature([example.secret], example.content)).toBe(example.signature);
	});

	it("has one part for each secret, separated by a space, while one replaces the other (A42)", () => {
		const other = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;

		const [first, second, ...more] = webhookSignature([other, example.secret], example.content).split(" ");

		expect([second, more]).toEqual([example.signature, []]);
		expect(first).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
	});

	it.each([
		["id", { id: "msg_x" }],
		["time", { timestamp: "1614265331" }],
		["body", { body: '{"test":2432232314}' }],
	])("differs for another %s", (_, change) => {
		expect(webhookSignature([example.secret], { ...example.content, ...change })).not.toBe(example.signature);
	});

	it("covers the octets of the body in any language, like openssl", () => {
		const body = JSON.stringify({ text: "Қазақша 🐫" });

		expect(webhookSignature([example.secret], { ...example.content, body })).toBe(
			"v1,6dRexidbDmIwWYlp73ocbpN7TZjuCBpiGTBFQvtUtbg=",
		);
	});
});

describe("an account's webhook secrets", () => {
	const withSecrets = (secrets: unknown) => webhookSecretsJson.safeParse(JSON.stringify({ secrets }));
	const secretOf = (octets: number) => `whsec_${Buffer.alloc(octets, 3).toString("base64")}`;

	it.each([[[]], [[secretOf(24)]], [[secretOf(64), secretOf(24)]], [undefined]])("may be %j", (secrets) => {
		expect(withSecrets(secrets).data?.secrets).toEqual(secrets ?? []);
	});

	it.each([
		["three", [secretOf(24), secretOf(25), secretOf(26)]],
		["too short", [secretOf(23)]],
		["too long", [secretOf(65)]],
		["without their prefix", [secretOf(24).slice(6)]],
		["not in base64", ["whsec_!fKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]],
		["not a list", secretOf(24)],
	])("may not be %s", (_, secrets) => {
		expect(withSecrets(secrets).success).toBe(false);
	});
});
