import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { HostileRequest } from "#test/fakes/hostile-http.ts";

export type RawAnswer = {
	readonly status: number;
	readonly headers: ReadonlyMap<string, string>;
	readonly body: string;
	/** Octets of the answer. */
	readonly length: number;
};

/** The first whole answer, after any 100 Continue. Throws for what is no answer of HTTP/1.1. */
function answerIn(octets: Buffer, isHead: boolean, skipped = 0): RawAnswer | undefined {
	const end = octets.indexOf("\r\n\r\n");
	if (end < 0) return undefined;
	const [first = "", ...lines] = octets.toString("latin1", 0, end).split("\r\n");
	const status = Number(/^HTTP\/1\.1 (\d{3}) [\x20-\x7e]+$/.exec(first)?.[1] ?? Number.NaN);
	if (Number.isNaN(status)) throw new Error(`no status line: ${JSON.stringify(first.slice(0, 100))}`);
	if (status === 100) return answerIn(octets.subarray(end + 4), isHead, skipped + end + 4);
	const headers = new Map(lines.map((line) => headerOf(line)));
	const start = end + 4;
	const bodyEnd = start + bodyLength(octets.subarray(start), status, headers, isHead);
	if (octets.length < bodyEnd) return undefined;
	return { status, headers, body: octets.toString("utf8", start, bodyEnd), length: skipped + bodyEnd };
}

/** More than there is if the body is not whole. */
function bodyLength(octets: Buffer, status: number, headers: ReadonlyMap<string, string>, isHead: boolean): number {
	if (isHead || status === 204 || status === 304) return 0;
	/* Only Node's own answers are chunked, and they are empty. */
	if (headers.get("transfer-encoding") !== "chunked") return Number(headers.get("content-length") ?? 0);
	const last = octets.indexOf("0\r\n\r\n");
	return last < 0 ? Number.POSITIVE_INFINITY : last + 5;
}

function headerOf(line: string): readonly [string, string] {
	const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+): ([\x20-\x7e]*)$/.exec(line) ?? [];
	if (name === undefined || value === undefined) throw new Error(`no header: ${JSON.stringify(line.slice(0, 200))}`);
	return [name.toLowerCase(), value];
}

const withinMs = 30_000;

export type RawHttp = {
	/** The answer; undefined if the server closes the connection of a request that is not whole. */
	ask(request: HostileRequest): Promise<RawAnswer | undefined>;
	close(): void;
};

/** Sends one request after the other, over one connection for as long as the server keeps it open. */
export function rawHttp(port: number): RawHttp {
	let kept: Socket | undefined;

	async function connected(): Promise<Socket> {
		const socket = connect(port, "127.0.0.1");
		await once(socket, "connect");
		socket.setNoDelay(true);
		/* A server may answer and close while the request is still being written. */
		socket.on("error", () => undefined);
		return socket;
	}

	async function askOn(socket: Socket, { pieces, isWhole, isHead }: HostileRequest): Promise<RawAnswer | undefined> {
		const { promise, resolve, reject } = Promise.withResolvers<RawAnswer | undefined>();
		let received: Buffer = Buffer.alloc(0);
		const onData = (chunk: Buffer) => {
			received = Buffer.concat([received, chunk]);
			try {
				const answer = answerIn(received, isHead);
				if (answer === undefined) return;
				if (isWhole && received.length > answer.length) throw new Error("more than one answer");
				resolve(answer);
			} catch (error) {
				reject(error);
			}
		};
		const onClose = () => (isWhole ? reject(new Error("closed without an answer")) : resolve(undefined));
		const limit = setTimeout(() => reject(new Error(`no answer within ${withinMs} ms`)), withinMs);
		socket.on("data", onData);
		socket.on("close", onClose);
		for (const piece of pieces) socket.write(piece);
		if (!isWhole) socket.end();
		try {
			return await promise;
		} finally {
			clearTimeout(limit);
			socket.off("data", onData);
			socket.off("close", onClose);
		}
	}

	return {
		async ask(request) {
			const isKept = request.isWhole && kept !== undefined && !kept.destroyed && kept.readable;
			const socket = isKept && kept !== undefined ? kept : await connected();
			if (request.isWhole) kept = undefined;
			const answer = await askOn(socket, request).catch((error: unknown) => {
				socket.destroy();
				throw error;
			});
			if (!request.isWhole) socket.destroy();
			else if (answer?.headers.get("connection") === "keep-alive") kept = socket;
			else socket.destroy();
			return answer;
		},
		close: () => kept?.destroy(),
	};
}
