import type { CanaryApi } from "../usecases/canary/send-canary.ts";

export type CanarySettings = {
	/** Of the API, with the base path. */
	readonly url: string;
	readonly userName: string;
	readonly password: string;
	readonly sender: string;
	readonly recipient: string;
	readonly limitMs: number;
};

/** Urgent, so that a backlog of bulk does not delay it. */
const urgent = 2;

/** Code 23: a canary of this period was sent before. */
const duplicateCode = "23";

export function httpCanaryApi(settings: CanarySettings): CanaryApi {
	const { url, userName, password, sender, recipient, limitMs } = settings;
	const authorization = `Basic ${Buffer.from(`${userName}:${password}`).toString("base64")}`;
	const call = async (path: string, body?: object) => {
		const answer = await fetch(`${url}${path}`, {
			method: body === undefined ? "GET" : "POST",
			headers: { authorization, ...(body && { "content-type": "application/json" }) },
			...(body && { body: JSON.stringify(body) }),
			redirect: "error",
			signal: AbortSignal.timeout(limitMs),
		});
		const text = await answer.text();
		return { status: answer.status, text, json: () => JSON.parse(text) as Readonly<Record<string, unknown>> };
	};
	return {
		async send(clientMessageId) {
			const message = { sender, recipient, message_text: "Canary of the gateway", priority: urgent };
			const answer = await call("/messages", { client_message_id: clientMessageId, ...message });
			if (answer.status === 201) return;
			if (answer.status === 400 && answer.json()["error_code"] === duplicateCode) return;
			throw new Error(`POST /messages: ${answer.status} ${answer.text}`);
		},
		async statusOf(clientMessageId) {
			const path = `/users/${encodeURIComponent(userName)}/client_messages/${encodeURIComponent(clientMessageId)}`;
			const answer = await call(path);
			if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text}`);
			return String(answer.json()["message_status"]);
		},
	};
}
