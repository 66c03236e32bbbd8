import { describe, expect, it } from "vitest";
import { type Credentials, type Header, signerFor } from "#shared/aws/transport/signature-v4.ts";

/** AWS's published examples, and their signatures. */
const at = Date.UTC(2015, 7, 30, 12, 36);
const credentials: Credentials = {
	accessKeyId: "AKIDEXAMPLE",
	secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};
const host: Header = ["host", "example.amazonaws.com"];
const form: Header = ["content-type", "application/x-www-form-urlencoded"];
const sessionToken =
	"AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

const signature = (headers: readonly Header[]) =>
	headers.find(([name]) => name === "authorization")?.[1].replace(/^.*SignedHeaders=/, "");

describe("the signature of a call to AWS", () => {
	it.each([
		{
			what: "an empty request",
			signed: signerFor("service")(credentials, "us-east-1", [host], "", at),
			is: "host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
		},
		{
			what: "a request with a body",
			signed: signerFor("service")(credentials, "us-east-1", [host, form], "Param1=value1", at),
			is: "content-type;host;x-amz-date, Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
		},
		{
			what: "temporary credentials",
			signed: signerFor("service")({ ...credentials, sessionToken }, "us-east-1", [host], "", at),
			is: "host;x-amz-date;x-amz-security-token, Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
		},
	])("equals AWS's example: $what", ({ signed, is }) => {
		expect(signature(signed)).toBe(is);
	});

	it("uses other credentials at once, and another day's key on another day", () => {
		const sign = signerFor("service");
		const signed = (secretAccessKey: string, when: number) =>
			signature(sign({ ...credentials, secretAccessKey }, "us-east-1", [host], "", when));

		const first = signed(credentials.secretAccessKey, at);
		const others = [signed("another", at), signed(credentials.secretAccessKey, at + 24 * 60 * 60_000)];

		expect(new Set([first, ...others]).size).toBe(3);
		expect(signed(credentials.secretAccessKey, at)).toBe(first);
	});
});
