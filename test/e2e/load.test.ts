import { beforeAll, describe, expect, it } from "vitest";
import { sizeOf } from "#test/size-of.ts";
import { clientOf, eventually, reported, smscSubmits, withConnections } from "./client.ts";
import { type SharedStack, sharedStack } from "./shared-stack.ts";

const messages = sizeOf({ merge: 300, nightly: 3_000 });
const connections = 50;

describe("messages over 50 connections", () => {
	let localStack: SharedStack;

	beforeAll(async () => {
		localStack = await sharedStack();
	});

	const recipients = (from: number) => Array.from({ length: messages }, (_, index) => `7701${from + index}`);

	async function postAll(all: readonly string[]) {
		const client = clientOf(localStack);
		const ids: string[] = [];
		await withConnections(all, connections, async (recipient) => {
			ids.push(await client.send({ recipient, priority: ids.length % 4 }));
		});
		return ids;
	}

	async function endings(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
		const wanted = new Set(ids);
		const receivedReports = await eventually(
			async () => (await reported(localStack)).filter(({ message_id }) => wanted.has(String(message_id))),
			(all) => new Set(all.map(({ message_id }) => message_id)).size === wanted.size,
		);
		expect(new Set(receivedReports.map(({ status }) => status))).toEqual(new Set(["DELIVERED"]));
		return new Map(ids.map((id) => [id, receivedReports.filter(({ message_id }) => String(message_id) === id).length]));
	}

	async function statuses(ids: readonly string[]): Promise<ReadonlySet<unknown>> {
		const found = new Set<unknown>();
		await withConnections(ids, connections, async (id) => {
			found.add((await clientOf(localStack).untilReported(id)).message_status);
		});
		return found;
	}

	it("are all delivered, and each is sent and reported exactly once if nothing fails", async () => {
		const all = recipients(1_000_000);

		const ids = await postAll(all);

		const reports = await endings(ids);
		expect(await statuses(ids)).toEqual(new Set(["DELIVERED"]));
		expect([...reports.values()].filter((count) => count !== 1)).toEqual([]);
		const wanted = new Set(all);
		const sent = (await smscSubmits(localStack)).filter(({ recipient }) => wanted.has(recipient));
		expect(sent).toHaveLength(messages);
	});
});
