import { httpRequester } from "./http-requester.ts";

export type Poster = {
	/** Posts a JSON text; gives how long the answer took, in milliseconds. @throws Error for any status but 201. */
	post(path: string, body: string): Promise<number>;
	close(): void;
};

/** Posts over so many connections that stay open, as a client does that has much to send. */
export function httpPoster(url: string, user: string, password: string, connections: number): Poster {
	const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
	const headers = { authorization, "content-type": "application/json; charset=utf-8" };
	const { request, close } = httpRequester({ url, connections, headers, wanted: 201 });
	return { post: request, close };
}
