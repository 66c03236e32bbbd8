import { httpRequester } from "./http-requester.ts";

export type Poster = {
	/** Posts a JSON text. Returns the milliseconds to the response. @throws Error for a status other than 201. */
	post(path: string, body: string): Promise<number>;
	close(): void;
};

export function httpPoster(url: string, user: string, password: string, connections: number): Poster {
	const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
	const headers = { authorization, "content-type": "application/json; charset=utf-8" };
	const { request, close } = httpRequester({ url, connections, headers, wanted: 201 });
	return { post: request, close };
}
