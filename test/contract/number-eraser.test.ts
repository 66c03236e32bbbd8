import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dynamoIncoming } from "#shared/aws/dynamo/dynamo-incoming.ts";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoNumberEraser } from "#shared/aws/dynamo/dynamo-number-eraser.ts";
import { dynamoQuotas } from "#shared/aws/dynamo/dynamo-quotas.ts";
import { dynamoSearchIndex } from "#shared/aws/dynamo/dynamo-search-index.ts";
import { dynamoSubmissions } from "#shared/aws/dynamo/dynamo-submissions.ts";
import { erasedIncoming, erasedMessage, erasedNumber, submissionRefs } from "#shared/domain/numbers/erasure.ts";
import { aSentMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";
import { awsEngine, type DynamoEngine, hasJava, localEngine } from "./dynamo-engines.ts";

const number = "77010000000";
const now = () => mondayAtEleven;
const keepUntil = mondayAtEleven + 90 * 24 * 60 * 60_000;

function storesOn({ client, tables, close }: DynamoEngine) {
	const table = (role: string) => tables[role] ?? "";
	const log = memoryLog();
	const erased = {
		...{ messages: table("messages"), incoming: table("incoming") },
		...{ submissions: table("submissions"), limits: table("limits") },
	};
	return {
		close,
		messages: dynamoMessages(client, table("messages"), now, log, true),
		incoming: dynamoIncoming(client, table("incoming"), now, log, true),
		submissions: dynamoSubmissions(client, table("submissions"), now, log),
		quotas: dynamoQuotas(client, table("limits")),
		byRecipient: dynamoSearchIndex(client, table("messages"), "by-recipient"),
		bySender: dynamoSearchIndex(client, table("incoming"), "incoming-by-sender"),
		byShortCode: dynamoSearchIndex(client, table("incoming"), "incoming-by-recipient"),
		eraser: dynamoNumberEraser(client, erased, now, log),
	};
}

describe.each([
	{ driver: "on the local engine", skipped: false, open: localEngine },
	{ driver: "on AWS's DynamoDB Local", skipped: !hasJava, open: awsEngine },
])("the eraser of numbers $driver", ({ skipped, open }) => {
	let stores: ReturnType<typeof storesOn>;
	const promise = skipped ? it.skip : it;
	beforeAll(async () => {
		if (!skipped) stores = storesOn(await open());
	});
	afterAll(async () => await stores?.close());

	promise("replaces a message, takes it out of the index, and leaves one that has changed since", async () => {
		const message = aSentMessage(["a1"], { recipient: number, status: "DELIVERED", revision: 0 });
		const changed = aSentMessage(["a2"], { recipient: number, status: "DELIVERED", revision: 0, userName: "another" });
		await stores.messages.insert([message, changed]);
		await stores.messages.change([{ message: changed, change: { status: "EXPIRED" } }]);

		expect(await stores.eraser.eraseMessages([message, changed].map(erasedMessage))).toBe(1);

		const rows = await stores.messages.read([message.messageId, changed.messageId]);
		expect(rows.get(message.messageId)).toMatchObject({ recipient: erasedNumber, text: "", revision: 1 });
		expect(rows.get(changed.messageId)).toMatchObject({ recipient: number, text: changed.text, revision: 1 });
		expect(await stores.byRecipient.accounts(number, 10)).toEqual(["another"]);
	});

	promise("replaces a message from a subscriber, and takes it out of both indexes", async () => {
		const mo = {
			...{ messageId: 6, userName: "demo", reportBatchId: "batch", sender: number, recipient: "1414", text: "СТОП" },
			...{ segmentCount: 1, receivedAt: mondayAtEleven, operator: "kcell" as const, keepUntil },
		};
		await stores.incoming.put([mo]);
		expect(await stores.bySender.accounts(number, 10)).toEqual(["demo"]);
		expect(await stores.byShortCode.accounts("1414", 10)).toEqual(["demo"]);

		await stores.eraser.eraseIncoming([erasedIncoming(mo, number)]);

		expect((await stores.incoming.readEach([6])).rows.get(6)).toEqual({ ...mo, sender: erasedNumber, text: "" });
		expect(await stores.bySender.accounts(number, 10)).toEqual([]);
		expect(await stores.byShortCode.accounts("1414", 10)).toEqual([]);
	});

	promise("removes submissions and counters, also those that do not exist", async () => {
		const message = aSentMessage(["b1"], { recipient: number, operator: "kcell" });
		const refs = submissionRefs(message);
		const [ref = ""] = refs;
		const segment = { messageId: 1, segmentIndex: 0, parts: 1, recipient: number, submittedAt: 1, keepUntil };
		await stores.submissions.put([{ ref, ...segment }]);
		await stores.quotas.take("counter", 1, 1, keepUntil);

		await stores.eraser.removeSubmissions(refs);
		await stores.eraser.removeCounters(["counter", "another"]);

		expect((await stores.submissions.find(refs)).size).toBe(0);
		expect(await stores.quotas.take("counter", 1, 1, keepUntil)).toBe(true);
	});
});
