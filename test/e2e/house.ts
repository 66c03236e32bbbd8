import { linkSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, afterEach } from "vitest";
import { openHouse as openAnyHouse } from "#local/house.ts";
import type { House, HouseOptions } from "#local/house-options.ts";

/**
 * A house takes its log with it when it is stopped. Here each log has a second name, which stays where a test of the file failed and is
 * told at its end: what went wrong in the gateway is to be read there only.
 */

const logs: string[] = [];
let failed = false;

afterEach(({ task }) => {
	failed ||= task.result?.state === "fail";
});

afterAll(() => {
	for (const log of logs) {
		if (failed) console.error(`the log of the house: ${log}`);
		else rmSync(log);
	}
});

export async function openHouse(options: HouseOptions = {}): Promise<House> {
	const house = await openAnyHouse(options);
	const log = `${dirname(house.logFile)}.log`;
	linkSync(house.logFile, log);
	logs.push(log);
	return house;
}
