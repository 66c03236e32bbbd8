import { Agent, request } from "node:http";

export type HttpAsker = {
	/** Posts a text, or gets where there is none; gives how long the answer took, in milliseconds. @throws Error for any status but the one wanted. */
	ask(path: string, body?: string): Promise<number>;
	close(): void;
};

export type HttpAskerOptions = {
	readonly url: string;
	readonly connections: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly wanted: number;
};

/** Asks over so many connections that stay open, as one does that has much to send. */
export function httpAsker({ url, connections, headers, wanted }: HttpAskerOptions): HttpAsker {
	const agent = new Agent({ keepAlive: true, maxSockets: connections });
	return {
		ask(path, body) {
			const startedAt = performance.now();
			const { promise, resolve, reject } = Promise.withResolvers<number>();
			const method = body === undefined ? "GET" : "POST";
			const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
			const asking = request(`${url}${path}`, { method, agent, headers: { ...headers, ...length } }, (response) => {
				response.resume();
				response.on("end", () => {
					if (response.statusCode === wanted) resolve(performance.now() - startedAt);
					else reject(new Error(`${method} ${path}: ${response.statusCode}`));
				});
			});
			asking.on("error", reject);
			asking.end(body);
			return promise;
		},
		close: () => agent.destroy(),
	};
}
