import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { House } from "#local/house-options.ts";
import { aBody, type Client, clientOf, eventually, reported } from "./client.ts";
import { openHouse } from "./house.ts";
import { anSmsc, anSmscLogin, portOf } from "./smsc.ts";

/**
 * Two tasks of the SMPP service share an operator's binds and its quota, while one of them is stopped as by a deploy, and then the
 * other killed: never more than the contract allows, and nothing lost.
 */

const tps = 50;
const binds = 2;
const batchSize = 200;

describe("two tasks at once", () => {
	const smsc = anSmsc();
	let house: House;
	let client: Client;

	beforeAll(async () => {
		const port = await portOf(smsc.server);
		house = await openHouse({
			tasks: 2,
			stage: { laneVisibilitySeconds: 3, leaseSeconds: 3 },
			operators: { altel: { ...anSmscLogin, port, binds, tps, window: 20 } },
		});
		client = clientOf(house);
	});
	afterAll(async () => {
		await house.stop();
		smsc.close();
	});

	let sent = 0;
	async function sendBatch(): Promise<void> {
		const messages = Array.from({ length: batchSize }, () => {
			sent += 1;
			return aBody({ recipient: `7708${String(sent).padStart(7, "0")}` });
		});
		const posted = await client.request("POST", "/batches", JSON.stringify({ messages }));
		expect([posted.status, posted.body]).toEqual([201, expect.anything()]);
	}
	const recipients = () => new Set(smsc.submits.map(({ recipient }) => recipient)).size;
	const untilSent = async (count: number) =>
		await eventually(
			async () => recipients(),
			(found) => found >= count,
		);

	/** The most submits in any second. */
	function busiestSecond(): number {
		const times = smsc.submits.map(({ at }) => at);
		return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));
	}

	it("lose nothing and keep to the quota while one is stopped, and then the other killed", async () => {
		await eventually(
			async () => smsc.binds.now,
			(standing) => standing === binds,
		);
		await sendBatch();
		await untilSent(60);
		await house.stopTask(0);
		await eventually(
			async () => smsc.binds.now,
			(standing) => standing === binds,
		);
		await sendBatch();
		await untilSent(batchSize + 60);
		const before = smsc.submits.length;
		await house.kill("smpp", 1);
		await untilSent(2 * batchSize);

		const told = await eventually(
			async () => new Set((await reported(house)).map(({ message_id }) => message_id)),
			(ids) => ids.size >= 2 * batchSize,
		);
		const ends = new Set((await reported(house)).map(({ status }) => status));

		expect([told.size, [...ends]]).toEqual([2 * batchSize, ["DELIVERED"]]);
		expect(before).toBeGreaterThan(batchSize);
		expect(smsc.binds.most).toBe(binds);
		/* One more for each bucket that a bind begins with, full; and what left in time may come a quarter of a second late. */
		expect(busiestSecond()).toBeLessThanOrEqual(tps + 2 * binds + tps / 4);
		const repeats = smsc.submits.length - recipients();
		console.log(`${repeats} of ${sent} messages were sent again`);
		/* What was handed over and not recorded: a window for each bind, and a quarter of a second. */
		expect(repeats).toBeLessThanOrEqual(binds * 20 + tps / 4);
	});
});
