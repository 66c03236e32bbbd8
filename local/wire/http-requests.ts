export type HttpRequest = {
	readonly method: string;
	readonly path: string;
	/** @param name in lower case. */
	header(name: string): string | undefined;
	readonly body: string;
};

/** Cuts the octets of a connection into requests. */
export type RequestReader = {
	/** @throws Error if more comes than a request may have. */
	add(chunk: Buffer): void;
	/** The next whole request. @throws Error for what is not a request with a length. */
	next(): HttpRequest | undefined;
};

const headMax = 64 * 1_024;
/** As much as DynamoDB takes in one call, and a little more. */
const bodyMax = 17 * 1_048_576;

type Head = { readonly text: string; readonly end: number; readonly bodyLength: number };

export function requestReader(): RequestReader {
	let chunks: Buffer[] = [];
	let length = 0;
	let head: Head | undefined;
	/** So many octets are needed to go on. */
	let wanted = 1;

	function whole(): Buffer {
		const [first] = chunks;
		const all = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
		chunks = [all];
		return all;
	}

	return {
		add(chunk) {
			chunks.push(chunk);
			length += chunk.length;
			if (length > bodyMax + headMax) throw new Error("the request is too long");
		},
		next() {
			if (length < wanted) return undefined;
			head ??= headIn(whole());
			wanted = head === undefined ? length + 1 : head.end + head.bodyLength;
			if (head === undefined || length < wanted) return undefined;
			const all = whole();
			const request = requestOf(head.text, all.toString("utf8", head.end, wanted));
			const rest = all.subarray(wanted);
			chunks = rest.length === 0 ? [] : [rest];
			length = rest.length;
			head = undefined;
			wanted = 1;
			return request;
		},
	};
}

function headIn(octets: Buffer): Head | undefined {
	const end = octets.indexOf("\r\n\r\n");
	if (end < 0) {
		if (octets.length > headMax) throw new Error("the head of the request is too long");
		return undefined;
	}
	const text = octets.toString("latin1", 0, end + 2);
	if (headerIn(text, "transfer-encoding") !== undefined) throw new Error("the request has no length");
	const bodyLength = Number(headerIn(text, "content-length") ?? 0);
	if (!(bodyLength >= 0 && bodyLength <= bodyMax)) throw new Error("the length of the request is wrong");
	return { text, end: end + 4, bodyLength };
}

function requestOf(head: string, body: string): HttpRequest {
	const [method = "", path = ""] = head.slice(0, head.indexOf("\r\n")).split(" ");
	return { method, path, header: (name) => headerIn(head, name), body };
}

const patterns = new Map<string, RegExp>();

function headerIn(head: string, name: string): string | undefined {
	const pattern = patterns.get(name) ?? new RegExp(`\r\n${name}:[ \t]*([^\r]*)\r\n`, "i");
	patterns.set(name, pattern);
	return pattern.exec(head)?.[1];
}
