import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";

export type Credentials = {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly sessionToken?: string | undefined;
};

/** A header: its name in lower case, and its value. */
export type Header = readonly [name: string, value: string];

export type Signer = (
	credentials: Credentials,
	region: string,
	headers: readonly Header[],
	body: string,
	at: number,
) => readonly Header[];

/** A signing key takes four hashes and is valid for a day. */
type CachedKey = { readonly madeOf: string; readonly key: KeyObject };

/**
 * Signature Version 4 for calls of AWS's JSON protocol. The SDK's general signer takes ten times the CPU; a test compares both.
 * @param service its name in signatures, such as `dynamodb`.
 */
export function signerFor(service: string): Signer {
	let cached: CachedKey | undefined;

	function keyFor({ secretAccessKey }: Credentials, day: string, region: string): KeyObject {
		const madeOf = `${day}/${region}/${secretAccessKey}`;
		if (cached?.madeOf !== madeOf) {
			const parts = [day, region, service, "aws4_request"];
			const key = parts.reduce<Buffer>(
				(made, part) => hmac(made, part).digest(),
				Buffer.from(`AWS4${secretAccessKey}`),
			);
			cached = { madeOf, key: createSecretKey(key) };
		}
		return cached.key;
	}

	return (credentials, region, headers, body, at) => {
		const time = new Date(at).toISOString().replace(/[-:]|\.\d+/g, "");
		const day = time.slice(0, 8);
		const all: Header[] = [...headers, ["x-amz-date", time]];
		if (credentials.sessionToken !== undefined) all.push(["x-amz-security-token", credentials.sessionToken]);
		all.sort(([one], [other]) => (one < other ? -1 : 1));
		const names = all.map(([name]) => name).join(";");
		const lines = all.map(([name, value]) => `${name}:${value}\n`).join("");
		const request = `POST\n/\n\n${lines}\n${names}\n${hash("sha256", body)}`;
		const scope = `${day}/${region}/${service}/aws4_request`;
		const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash("sha256", request)}`;
		const signature = hmac(keyFor(credentials, day, region), toSign).digest("hex");
		const credential = `${credentials.accessKeyId}/${scope}`;
		all.push([
			"authorization",
			`AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
		]);
		return all;
	};
}

const hmac = (key: Buffer | KeyObject, text: string) => createHmac("sha256", key).update(text);
