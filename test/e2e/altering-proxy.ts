import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { portOf } from "./smsc.ts";

export type ProxiedAnswer = {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly text: string;
};

export type Alter = (
	request: { readonly method: string; readonly path: string },
	answer: ProxiedAnswer,
) => ProxiedAnswer;

/** A proxy to the gateway at `url` that alters its answers. Its own URL has the same path. */
export async function openAlteringProxy(url: string, alter: Alter) {
	const { origin, pathname: basePath } = new URL(url);
	const server = createServer(async (request, response) => {
		const { method = "", url: path = "" } = request;
		const body = await text(request);
		const { authorization, "content-type": type } = request.headers;
		const answer = await fetch(`${origin}${path}`, {
			method,
			headers: { ...(authorization && { authorization }), ...(type && { "content-type": type }) },
			...(body !== "" && { body }),
		});
		const asked = { method, path: path.slice(basePath.length) };
		const altered = alter(asked, {
			status: answer.status,
			headers: Object.fromEntries(answer.headers),
			text: await answer.text(),
		});
		const { "content-length": _, "transfer-encoding": __, connection: ___, ...headers } = altered.headers;
		response.writeHead(altered.status, headers).end(altered.text);
	});
	const port = await portOf(server);
	return { url: `http://127.0.0.1:${port}${basePath}`, close: () => void server.close() };
}
