/** What a server wrote before the HTTP parser gave up, read as tolerantly as a person would. */
export type RawResponse = { readonly status: number; readonly body: Buffer; readonly retryAfter: string | null };

const statusLine = /^\s*HTTP\/\d+(?:\.\d+)?[ \t]+([2-9]\d\d|1\d\d)(?:[^\d\n][^\n]*)?\n/i;
const headEnd = /\r?\n\r?\n/;
/* Adjacent repetitions share no characters: a long run of them would stop the process. */
const retryAfterField = /^retry-after:([^\r\n]*)\r?\n/im;
const chunkedField = /^transfer-encoding:[^\r\n]*chunked/im;
const chunkSize = /^(?:\r?\n)?([\da-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n/i;

/**
 * Reads the first final response by its status line alone; the rest may be malformed or missing. Null if there is no whole status
 * line: of an interim response (1xx) the next one counts, and a 101 is none.
 */
export function rawResponse(received: Buffer): RawResponse | null {
	/* One character for each octet, so positions in the text are positions in the buffer. */
	let rest = received.toString("latin1");
	for (;;) {
		const [line, digits] = statusLine.exec(rest) ?? [];
		if (line === undefined || digits === "101") return null;
		const fields = rest.slice(line.length);
		const end = headEnd.exec(`\n${fields}`);
		const body = end === null ? "" : fields.slice(end.index + end[0].length - 1);
		if (!digits?.startsWith("1")) return finalResponse(Number(digits), fields, body);
		rest = body;
	}
}

function finalResponse(status: number, fields: string, body: string): RawResponse {
	const head = fields.slice(0, fields.length - body.length);
	const data = chunkedField.test(head) ? unchunked(body) : body;
	return { status, body: Buffer.from(data, "latin1"), retryAfter: retryAfterField.exec(head)?.[1]?.trim() ?? null };
}

/** The data of the chunks that arrived. A body that does not begin with a chunk is returned as it is. */
function unchunked(body: string): string {
	let data = "";
	let rest = body;
	for (;;) {
		const [line, size = "0"] = chunkSize.exec(rest) ?? [];
		if (line === undefined) return rest === body ? body : data;
		const end = line.length + Number.parseInt(size, 16);
		data += rest.slice(line.length, end);
		if (end === line.length) return data;
		rest = rest.slice(end);
	}
}
