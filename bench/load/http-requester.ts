import { Pool } from "undici";

export type HttpRequester = {
	/** POST with a body, GET without. Returns the milliseconds to the response. @throws Error for a status other than `wanted`. */
	request(path: string, body?: string): Promise<number>;
	close(): void;
};

export type HttpRequesterOptions = {
	readonly url: string;
	readonly connections: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly wanted: number;
};

/** Requests over connections that stay open. */
export function httpRequester({ url, connections, headers = {}, wanted }: HttpRequesterOptions): HttpRequester {
	/* The driver shares the machine: undici uses half the CPU of Node's client. */
	const { origin, pathname } = new URL(url);
	const pool = new Pool(origin, { connections });
	const base = pathname.replace(/\/$/, "");
	return {
		async request(path, body) {
			const startedAt = performance.now();
			const method = body === undefined ? "GET" : "POST";
			const answer = await pool.request({ path: `${base}${path}`, method, headers, body: body ?? null });
			await answer.body.dump();
			if (answer.statusCode !== wanted) throw new Error(`${method} ${path}: ${answer.statusCode}`);
			return performance.now() - startedAt;
		},
		close: () => void pool.close(),
	};
}
