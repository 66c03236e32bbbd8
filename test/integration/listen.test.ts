import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, expect, it, onTestFinished, vi } from "vitest";
import { openForward } from "#admin/commands/listen.ts";
import { openForwards } from "#local/sink/forwards.ts";
import { listen } from "#local/wire/listen.ts";

afterEach(() => void vi.useRealTimers());

it("keeps its connection while no report comes, and shows the next one", async () => {
	vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
	const forwards = openForwards();
	const written: string[] = [];
	let closed: Promise<unknown> | undefined;
	const sink = createServer((request, response) => {
		const write = response.write.bind(response);
		response.write = (chunk: string) => {
			written.push(chunk);
			return write(chunk);
		};
		closed = once(response, "close");
		forwards.open(request.url ?? "", "http://127.0.0.1:1/", response);
	});
	onTestFinished(() => void sink.close());
	const stopped = new AbortController();
	const reports = await openForward(`http://127.0.0.1:${await listen(sink, 0)}/demo`, "demo", stopped.signal);

	const next = reports.next();
	vi.advanceTimersByTime(180_000);
	expect(written).toEqual(["\n", "\n", "\n"]);
	await forwards.forward({ path: "/demo", headers: { "webhook-id": "7" }, body: {} }, "{}");
	expect((await next).value).toMatchObject({ webhook_id: "7", status: null });

	stopped.abort();
	expect((await reports.next()).done).toBe(true);
	await closed;
	vi.advanceTimersByTime(180_000);
	expect(written).toHaveLength(4);
});
