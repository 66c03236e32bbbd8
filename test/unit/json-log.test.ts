import { SQSServiceException } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import { errorFields } from "#shared/json-log.ts";

it("an error of an AWS client is logged with its message and request, and without the raw answer", () => {
	const error = new SQSServiceException({
		name: "AccessDenied",
		$fault: "client",
		message: "not allowed",
		$metadata: { httpStatusCode: 403, requestId: "request-1" },
		$response: { statusCode: 403, headers: {}, body: new Uint8Array(4_000) } as never,
	});

	const fields = errorFields(error) as Readonly<Record<string, unknown>>;

	expect(fields).toMatchObject({ message: "not allowed", $metadata: { requestId: "request-1" } });
	expect(fields["stack"]).toContain("json-log.test.ts");
	expect(JSON.stringify(fields).length).toBeLessThan(3_000);
});

it.each([null, undefined, "text", { $response: 1 }])("%j in the place of an error is logged as it is", (thrown) => {
	expect(errorFields(thrown)).toBe(thrown);
});
