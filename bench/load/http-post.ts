import { Agent, request } from "node:http";

export type Poster = {
	/** Posts a JSON text; gives how long the answer took, in milliseconds. @throws Error for any status but 201. */
	post(path: string, body: string): Promise<number>;
	close(): void;
};

/** Posts over so many connections that stay open, as a client does that has much to send. */
export function httpPoster(url: string, user: string, password: string, connections: number): Poster {
	const agent = new Agent({ keepAlive: true, maxSockets: connections });
	const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
	return {
		post(path, body) {
			const startedAt = performance.now();
			const { promise, resolve, reject } = Promise.withResolvers<number>();
			const headers = {
				authorization,
				"content-type": "application/json; charset=utf-8",
				"content-length": Buffer.byteLength(body),
			};
			const posting = request(`${url}${path}`, { method: "POST", agent, headers }, (response) => {
				response.resume();
				response.on("end", () => {
					if (response.statusCode === 201) resolve(performance.now() - startedAt);
					else reject(new Error(`POST ${path}: ${response.statusCode}`));
				});
			});
			posting.on("error", reject);
			posting.end(body);
			return promise;
		},
		close: () => agent.destroy(),
	};
}
