import type { ServerResponse } from "node:http";
import { Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { type EventStreams, openEventStreams, type TopicSource } from "#admin/console/event-streams.ts";

const opened: EventStreams<"one">[] = [];
afterEach(() => {
	for (const streams of opened.splice(0)) streams.close();
});

function streamsOf(read: () => Promise<object | null>, takeWithinMs = 1_000) {
	const failures: string[] = [];
	const source: TopicSource = { everyMs: 5, open: () => read };
	const streams = openEventStreams({ one: source }, { onFailed: (_, error) => failures.push(error), takeWithinMs });
	opened.push(streams);
	return { subscribe: (to: Writable) => streams.subscribe("one", to as unknown as ServerResponse), failures };
}

/** The response of a browser that takes each event after a while, or never. */
function aResponse(takes: (done: () => void) => void) {
	const events: string[] = [];
	const write = (chunk: Buffer, _: unknown, done: () => void) => {
		events.push(chunk.toString());
		takes(done);
	};
	const response = Object.assign(new Writable({ highWaterMark: 16_384, write }), {
		writeHead: () => ({ flushHeaders: () => undefined }),
	});
	return { response, events };
}

const atOnce = (done: () => void) => done();
const slowly = (done: () => void) => void setTimeout(done, 100);
const never = () => undefined;

describe("an event stream", () => {
	it("waits until a browser has taken a long event, then goes on", async () => {
		const { response, events } = aResponse(slowly);
		const readings = [{ text: "x".repeat(3_000_000) }, { text: "the next" }];
		const { subscribe } = streamsOf(async () => readings.shift() ?? null);
		subscribe(response);

		await expect.poll(() => events.at(-1)).toContain("the next");
		expect(response.destroyed).toBe(false);
	});

	it("does not read for a browser that takes nothing, and drops its connection after the time limit", async () => {
		const { response } = aResponse(never);
		let readings = 0;
		const { subscribe } = streamsOf(async () => {
			readings += 1;
			return { text: "x".repeat(20_000) };
		}, 50);
		subscribe(response);

		await expect.poll(() => response.destroyed).toBe(true);
		expect(readings).toBe(1);
	});

	it("drops the oldest of too many at once, also if it has not read everything", () => {
		const { subscribe } = streamsOf(async () => null);
		const all = Array.from({ length: 23 }, () => aResponse(never).response);
		for (const one of all) {
			one.write("unread");
			subscribe(one);
		}

		expect(all.map(({ destroyed }) => destroyed)).toEqual(all.map((_, index) => index < 3));
	});

	it("says why a topic cannot be read, and logs it when it begins or changes", async () => {
		const { response, events } = aResponse(atOnce);
		const other = aResponse(atOnce);
		let reason: string | null = "no credentials:\n  log in";
		const { subscribe, failures } = streamsOf(async () => {
			if (reason === null) return null;
			throw new Error(reason);
		});
		subscribe(response);
		subscribe(other.response);
		await wait(60);
		const first = [...failures];
		reason = "the stage is gone";
		await wait(60);
		reason = null;
		await wait(60);
		expect(events.filter((event) => event.startsWith("event: recovered"))).toHaveLength(1);
		reason = "the stage is gone";
		await wait(60);

		expect(events[0]).toBe('event: failed\ndata: {"error":"no credentials: log in"}\n\n');
		expect(first).toEqual(["no credentials: log in"]);
		expect(failures).toEqual(["no credentials: log in", "the stage is gone", "the stage is gone"]);
	});
});
