import { openSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { enginesReady } from "#local/engines/engine-messages.ts";
import { operatorsReady } from "#local/operators/operators-ready.ts";
import { type Child, startChild } from "#local/processes/child.ts";

function aChild(entry: string): Child {
	const child = startChild({ entry, env: {}, logFd: openSync("/dev/null", "a") });
	onTestFinished(() => child.kill());
	return child;
}

describe("a process of the local stack", () => {
	it("reports to its supervisor, which checks each message", async () => {
		const child = aChild("test/fixtures/local-stack/operators.ts");

		expect(await child.nextMessage(operatorsReady)).toMatchObject({ ready: true, ports: { kcell: 1 } });
	});

	it("is named when its message is malformed", async () => {
		const child = aChild("test/fixtures/local-stack/operators.ts");

		await expect(child.nextMessage(enginesReady)).rejects.toThrow(
			/^test\/fixtures\/local-stack\/operators\.ts sent a malformed message: .*scheduler/s,
		);
	});

	it("ends when a command of its supervisor is malformed", async () => {
		const child = aChild("local/sink/main.ts");

		child.sendMessage({ port: "8081" });

		await expect(child.nextMessage(z.unknown())).rejects.toThrow("local/sink/main.ts ended before it was ready");
	});

	it("gives each message to one of those who wait, and none to those who have stopped waiting", async () => {
		const child = aChild("test/fixtures/local-stack/echoes.ts");
		const numbers = z.number();
		const stopped = new AbortController();
		const given = child.nextMessage(numbers, stopped.signal);
		const waiting = [child.nextMessage(numbers), child.nextMessage(numbers)];
		stopped.abort();
		await expect(given).rejects.toThrow(/abort/);

		child.sendMessage(1);
		child.sendMessage(2);

		expect(await Promise.all(waiting)).toEqual([1, 2]);
	});
});
