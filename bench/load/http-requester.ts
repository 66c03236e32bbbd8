import { Pool } from "undici";

export type HttpRequester = {
	/** Posts a text, or gets where there is none; gives how long the answer took, in milliseconds. @throws Error for any status but the one wanted. */
	request(path: string, body?: string): Promise<number>;
	close(): void;
};

export type HttpRequesterOptions = {
	readonly url: string;
	readonly connections: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly wanted: number;
};

/** Asks over so many connections that stay open, as one does that has much to send. */
export function httpRequester({ url, connections, headers = {}, wanted }: HttpRequesterOptions): HttpRequester {
	/* The driver has its part of the machine: this takes half the CPU that Node's own client does. */
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
