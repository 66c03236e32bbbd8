import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalStack } from "#local/local-stack-options.ts";
import { aBody, type Client, type ClientMessage, clientOf, eventually, reported } from "./client.ts";
import { openTestStack } from "./local-stack.ts";
import { anSmsc, anSmscLogin, portOf } from "./smsc.ts";

/**
 * Two tasks of the SMPP service share an operator's binds and quota, while one is stopped as by a deployment and the
 * other is killed. The SMSC never gets more than the contract allows, and nothing is lost.
 */

const tps = 50;
const binds = 2;
const batchSize = 200;

describe("two tasks at once", () => {
	const smsc = anSmsc();
	let localStack: LocalStack;
	let client: Client;

	beforeAll(async () => {
		const port = await portOf(smsc.server);
		localStack = await openTestStack({
			tasks: 2,
			stage: { laneVisibilitySeconds: 3, leaseSeconds: 3 },
			operators: { altel: { ...anSmscLogin, port, binds, tps, window: 20 } },
		});
		client = clientOf(localStack);
	});
	afterAll(async () => {
		await localStack.stop();
		smsc.close();
	});

	const batchIds: unknown[] = [];
	let sent = 0;
	async function sendBatch(): Promise<void> {
		const messages = Array.from({ length: batchSize }, () => {
			sent += 1;
			return aBody({ recipient: `7708${String(sent).padStart(7, "0")}` });
		});
		const posted = await client.request("POST", "/batches", JSON.stringify({ messages }));
		expect([posted.status, posted.body]).toEqual([201, expect.anything()]);
		batchIds.push(posted.body["batch_id"]);
	}
	const recipients = () => new Set(smsc.submits.map(({ recipient }) => recipient)).size;
	const untilSent = async (count: number) =>
		await eventually(
			async () => recipients(),
			(found) => found >= count,
		);

	/** The most submits in any second of sent_time (R32), which a busy machine cannot shift. */
	async function busiestSecond(): Promise<number> {
		const batches = await Promise.all(batchIds.map(async (id) => await client.request("GET", `/batches/${id}`)));
		const rows = batches.flatMap(({ body }) => body as unknown as readonly ClientMessage[]);
		const seconds = Map.groupBy(rows, (row) => String(row["sent_time"]));
		return Math.max(...[...seconds.values()].map(({ length }) => length));
	}

	/**
	 * How many submits at most came on a bind before they were due. A submit is due when the bind's share of the quota
	 * allows it, counted from the bind; delays only make it later.
	 */
	function earlyMax(): number {
		const early = [...Map.groupBy(smsc.submits, ({ bind }) => bind).values()].flatMap((submits) =>
			submits.map(({ at, boundAt }, index) => index - ((at - boundAt) / 1_000) * (tps / binds)),
		);
		return Math.max(...early);
	}

	it("lose nothing and keep to the quota while one is stopped and then the other killed", async () => {
		await eventually(
			async () => smsc.binds.now,
			(standing) => standing === binds,
		);
		await sendBatch();
		await untilSent(60);
		await localStack.stopTask(0);
		await eventually(
			async () => smsc.binds.now,
			(standing) => standing === binds,
		);
		await sendBatch();
		await untilSent(batchSize + 60);
		const before = smsc.submits.length;
		await localStack.kill("smpp", 1);
		await untilSent(2 * batchSize);

		const reportedIds = await eventually(
			async () => new Set((await reported(localStack)).map(({ message_id }) => message_id)),
			(ids) => ids.size >= 2 * batchSize,
		);
		const ends = new Set((await reported(localStack)).map(({ status }) => status));

		expect([reportedIds.size, [...ends]]).toEqual([2 * batchSize, ["DELIVERED"]]);
		expect(before).toBeGreaterThan(batchSize);
		expect(smsc.binds.most).toBe(binds);
		/* Each bind starts with a full bucket, which allows one more submit. */
		const [busiest, early] = [await busiestSecond(), earlyMax()];
		console.log(`${busiest} submits in the busiest second, ${early.toFixed(1)} early`);
		expect(busiest).toBeLessThanOrEqual(tps + 2 * binds);
		expect(early).toBeLessThanOrEqual(1);
		const repeats = smsc.submits.length - recipients();
		console.log(`${repeats} of ${sent} messages were sent again`);
		/* What was submitted and not recorded: a window for each bind and a quarter of a second's rate. */
		expect(repeats).toBeLessThanOrEqual(binds * 20 + tps / 4);
	});
});
