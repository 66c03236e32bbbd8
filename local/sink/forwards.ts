import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { ForwardedReport } from "#shared/contracts/local-stack-info.ts";

/** A server that gets the reports of one path, while the connection that asked for it is open. */
type Forward = { readonly to: string; readonly listener: ServerResponse };

export type ReceivedPost = {
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: unknown;
};

type ForwardAnswer = { readonly status: number; readonly body: string };

const answerLimitMs = 10_000;
const answerBytesMax = 64 * 1_024;
/** Those of one connection, and what `fetch` sets itself. */
const notForwarded = ["host", "connection", "content-length", "transfer-encoding", "accept-encoding", "expect"];

/** Shorter than the time that a listener waits for the next octets: `fetch` gives up after five minutes. */
const emptyLineEveryMs = 60_000;

/** Forwards reports, and writes each with its answer to the listener, as a line of JSON. Between them are empty lines. */
export function openForwards() {
	const byPath = new Map<string, Forward>();
	return {
		/** False if the path has a listener already. */
		open(path: string, to: string, listener: ServerResponse): boolean {
			if (byPath.has(path)) return false;
			byPath.set(path, { to, listener });
			const emptyLines = setInterval(() => listener.write("\n"), emptyLineEveryMs);
			listener.on("close", () => {
				clearInterval(emptyLines);
				byPath.delete(path);
			});
			listener.writeHead(200, { "content-type": "application/x-ndjson" }).flushHeaders();
			return true;
		},
		/**
		 * Null: nothing listens to this path. A server that does not answer is a 502, so the gateway retries.
		 * @param sent the body as it came.
		 */
		async forward({ path, headers, body }: ReceivedPost, sent: string): Promise<ForwardAnswer | null> {
			const forward = byPath.get(path);
			if (forward === undefined) return null;
			const answer = await post(forward.to, headers, sent).catch((error: unknown) => ({
				status: null,
				body: why(error),
			}));
			forward.listener.write(
				`${JSON.stringify({
					webhook_id: String(headers["webhook-id"]),
					body,
					status: answer.status,
					answer: answer.body,
				} satisfies ForwardedReport)}\n`,
			);
			return { status: answer.status ?? 502, body: answer.body };
		},
	};
}

async function post(url: string, headers: IncomingHttpHeaders, body: string): Promise<ForwardAnswer> {
	const kept = Object.entries(headers).flatMap(([name, value]) =>
		typeof value === "string" && !notForwarded.includes(name) ? [[name, value] as const] : [],
	);
	const signal = AbortSignal.timeout(answerLimitMs);
	const response = await fetch(url, {
		method: "POST",
		headers: Object.fromEntries(kept),
		body,
		redirect: "manual",
		signal,
	});
	/* The status line counts, even if the connection breaks after it. */
	const text = await response.text().catch(() => "");
	return { status: response.status, body: text.slice(0, answerBytesMax) };
}

const why = (error: unknown) =>
	error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
