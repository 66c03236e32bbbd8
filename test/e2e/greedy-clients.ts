import { randomUUID } from "node:crypto";
import { Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import type { LocalStack } from "#local/local-stack-options.ts";
import { aBody } from "./client.ts";

/** A flood that goes on until it is stopped. */
export type Greed = {
	/** Returns its answers by status, and the times in ms that they took. */
	stop(): Promise<{ readonly statuses: ReadonlyMap<number, number>; readonly times: readonly number[] }>;
};

type Asked = { readonly path: string; readonly login: string; readonly body?: string; readonly localAddress?: string };

/** Requests over up to `maxSockets` connections that stay open, from any address of this machine. */
function poster({ url }: LocalStack, maxSockets: number) {
	const agent = new Agent({ keepAlive: true, maxSockets });
	return {
		async post({ path, login, body, localAddress }: Asked): Promise<number> {
			const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
			const headers = { authorization: `Basic ${Buffer.from(login).toString("base64")}` };
			const method = body === undefined ? "GET" : "POST";
			request(`${url}${path}`, { agent, method, headers, ...(localAddress !== undefined && { localAddress }) }, resolve)
				.on("error", reject)
				.end(body);
			const answer = await promise;
			await text(answer);
			return answer.statusCode ?? 0;
		},
		close: () => agent.destroy(),
	};
}

/** Repeats each of these requests as soon as it is answered. */
function greed(localStack: LocalStack, connections: number, next: () => Asked): Greed {
	const { post, close } = poster(localStack, connections);
	const statuses = new Map<number, number>();
	const times: number[] = [];
	let stopping = false;
	const all = Array.from({ length: connections }, async () => {
		while (!stopping) {
			const startedAt = performance.now();
			const status = await post(next());
			times.push(performance.now() - startedAt);
			statuses.set(status, (statuses.get(status) ?? 0) + 1);
			if (status >= 429) await wait(100);
		}
	});
	return {
		async stop() {
			stopping = true;
			await Promise.all(all);
			close();
			return { statuses, times };
		},
	};
}

const single = (login: string): Asked => ({ path: "/messages", login, body: JSON.stringify(aBody()) });

export const greeds = {
	"single messages": (localStack, login) => greed(localStack, 400, () => single(login)),
	batches: (localStack, login) =>
		greed(localStack, 16, () => ({
			path: "/batches",
			login,
			body: JSON.stringify({ messages: Array.from({ length: 200 }, () => aBody()) }),
		})),
	"reads of long lists": (localStack, login) =>
		greed(localStack, 100, () => ({ path: "/senders?details=true", login })),
	"unknown names from one network": (localStack) =>
		greed(localStack, 100, () => ({ path: "/senders", login: `${randomUUID()}:x`, localAddress: "127.0.0.66" })),
} as const satisfies Record<string, (localStack: LocalStack, login: string) => Greed>;

/** The times in ms in which so many messages of an account are accepted, one after the other. */
export async function timesOf(localStack: LocalStack, login: string, count: number): Promise<readonly number[]> {
	const { post, close } = poster(localStack, 1);
	const times: number[] = [];
	for (let sent = 0; sent < count; sent += 1) {
		const startedAt = performance.now();
		const status = await post({ ...single(login), localAddress: "127.0.0.77" });
		if (status !== 201) throw new Error(`status ${status}`);
		times.push(performance.now() - startedAt);
		await wait(20);
	}
	close();
	return times;
}
