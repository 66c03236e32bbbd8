import { describe, expect, it } from "vitest";
import { accountQueueName, accountQueuesPrefix, deadLetterQueueName } from "#shared/domain/accounts/account-queue.ts";

const longestPrefix = `smsgw-${"s".repeat(20)}`;

describe("the name of an account's own queue (A47)", () => {
	it.each(["demo", "Банк", "a.b@c", "x".repeat(64), "🐫".repeat(32), "-dead", ""])("is valid for SQS: %j", (user) => {
		expect(deadLetterQueueName(accountQueueName(longestPrefix, user))).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
	});

	it("begins with the prefix that the IAM policies name, then with the user name", () => {
		expect(accountQueueName("smsgw-local", "demo")).toMatch(/^smsgw-local-client-demo-[0-9a-f]{20}$/);
		expect(accountQueueName("smsgw-local", "demo").startsWith(accountQueuesPrefix("smsgw-local"))).toBe(true);
	});

	it("is the same each time, and different for each user", () => {
		const users = ["a.b", "a-b", "A.b", "б", "в", `${"x".repeat(63)}1`, `${"x".repeat(63)}2`];

		expect(new Set([...users, ...users].map((user) => accountQueueName(longestPrefix, user))).size).toBe(users.length);
	});
});
