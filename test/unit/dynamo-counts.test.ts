import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { dynamoCounts } from "#shared/aws/dynamo/dynamo-counts.ts";
import { dynamoClient, dynamoClientOnce } from "#shared/aws/transport/aws-clients.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

const counts = {
	userName: "demo",
	hour: 0,
	counts: [{ operator: "kcell", priority: 0, measure: "submitted", messages: 1, segments: 1 }],
} as const;

function storeThatThrows(error: Error) {
	const send = async () => await Promise.reject(error);
	return dynamoCounts({ send } as unknown as DynamoDBClient, "counts", memoryLog());
}

const failed = (code: string) => Object.assign(new Error("failed"), { code });

describe("the write of counts", () => {
	it.each(["ECONNREFUSED", "ENOTFOUND"])("may be made again after %s: nothing was sent", async (code) => {
		expect(await storeThatThrows(failed(code)).add(counts)).toBe(false);
	});

	it("is not made again after a broken connection: it may have had its effect", async () => {
		await expect(storeThatThrows(failed("ECONNRESET")).add(counts)).rejects.toThrow();
	});

	it("has a client that makes one attempt, unlike the reads", async () => {
		const here = { region: "eu-central-1", credentials: { accessKeyId: "a", secretAccessKey: "b" } };
		const attempts = [dynamoClientOnce(here), dynamoClient(here)].map(({ config }) => config.maxAttempts());

		expect(await Promise.all(attempts)).toEqual([1, 4]);
	});
});
