import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { CommandError } from "../errors.ts";
import { boundedText, jsonIn } from "./bounded-text.ts";
import { type Exchange, fieldOf, listOf } from "./exchange.ts";

/** One POST of the gateway. */
type Post = { readonly headers: Readonly<Record<string, string>>; readonly text: string; readonly json: unknown };

export type ReportReceiver = {
	/** Waits until each of these messages is reported, and the refused POST has come again; or until time is up. */
	until(clientIds: readonly string[], waitMs: number): Promise<void>;
	/** All reports as one exchange: the answer has what the gateway posted. Null: nothing came. */
	exchange(): Exchange | null;
	close(): void;
};

const bodyBytesMax = 8 * 1_024 * 1_024;
const postsMax = 1_000;
const lookAgainMs = 100;

export const reportsIn = (json: unknown): readonly unknown[] => listOf(fieldOf(json, "delivery_report"));

/**
 * Receives the account's reports. It refuses the first POST, which the gateway then repeats.
 * @throws CommandError if the port cannot be opened.
 */
export async function openReceiver(port: number): Promise<ReportReceiver> {
	const posts: Post[] = [];
	const server = createServer((request, response) => {
		receive(request, response, posts).catch(() => response.destroy());
	});
	server.listen(port);
	await once(server, "listening").catch((error: NodeJS.ErrnoException) => {
		throw new CommandError(`port ${port} cannot be opened: ${error.code}`, { cause: error });
	});
	const isComplete = (clientIds: readonly string[]) => {
		const reported = confirmed(posts).flatMap(({ json }) =>
			reportsIn(json).map((one) => fieldOf(one, "client_message_id")),
		);
		return isRepeated(posts) && clientIds.every((id) => reported.includes(id));
	};
	return {
		async until(clientIds, waitMs) {
			const giveUpAt = performance.now() + waitMs;
			while (!isComplete(clientIds) && performance.now() < giveUpAt) await pause(lookAgainMs);
		},
		exchange: () => exchangeOf(posts),
		close: () => {
			server.close();
			server.closeAllConnections();
		},
	};
}

async function receive(request: IncomingMessage, response: ServerResponse, posts: Post[]): Promise<void> {
	const text = await boundedText(request, bodyBytesMax);
	const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
	if (posts.length < postsMax) posts.push({ headers, text, json: jsonIn(text) });
	response.writeHead(posts.length === 1 ? 500 : 204).end();
}

const confirmed = (posts: readonly Post[]) => posts.slice(1);

/** Whether what was refused came again. */
function isRepeated(posts: readonly Post[]): boolean {
	const idsIn = (post: Post | undefined) => reportsIn(post?.json).map((one) => String(fieldOf(one, "message_id")));
	const repeated = new Set(confirmed(posts).flatMap(idsIn));
	return idsIn(posts[0]).every((id) => repeated.has(id));
}

function exchangeOf(posts: readonly Post[]): Exchange | null {
	const [first] = posts;
	if (first === undefined) return null;
	const delivery_report = confirmed(posts).flatMap(({ json }) => reportsIn(json));
	const json = { delivery_report, was_repeated: isRepeated(posts) };
	const request = { method: "POST", path: "the account's webhook", body: first.text } as const;
	return { request, answer: { status: 204, headers: first.headers, text: JSON.stringify(json, null, 2), json } };
}
