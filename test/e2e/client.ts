import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { LocalStack } from "#local/local-stack-options.ts";
import { undescribedIn, validatorOf } from "#test/described-answers.ts";

/**
 * A client of the gateway that uses only the public API. An answer or a report that the OpenAPI description does not
 * describe fails the test that receives it.
 */

export type Posted = { readonly status: number; readonly body: Record<string, unknown>; readonly headers: Headers };

export type ClientMessage = Record<string, unknown> & {
	readonly message_id: number;
	readonly message_status: string;
	readonly is_informed: string | null;
};

export type ReportRequest = { readonly path: string; readonly headers: Record<string, string>; readonly body: unknown };

const messageFields = { sender: "SMSGW", recipient: "77010000000", message_text: "тест" };

export function aBody(fields: Record<string, unknown> = {}): Record<string, unknown> {
	return { client_message_id: randomUUID(), ...messageFields, ...fields };
}

export type Client = {
	/** @param signal aborts the request; the gateway may still carry it out. */
	request(
		method: string,
		path: string,
		body?: string,
		headers?: Record<string, string>,
		signal?: AbortSignal,
	): Promise<Posted>;
	post(fields?: Record<string, unknown>): Promise<Posted>;
	/** Posts a message that must be accepted; returns its id. */
	send(fields?: Record<string, unknown>): Promise<string>;
	get(messageId: string, query?: string): Promise<ClientMessage>;
	/** The message, once `holds` accepts it. Throws after a time limit, with the last message. */
	until(messageId: string, holds: (message: ClientMessage) => boolean): Promise<ClientMessage>;
	/** The message, once it has ended and its report is confirmed. */
	untilReported(messageId: string): Promise<ClientMessage>;
};

const batchMax = 200;

/** Sends a message to each recipient, batch after batch; returns their ids in that order. */
export async function sendInBatches(
	client: Client,
	recipients: readonly string[],
	fields: Record<string, unknown> = {},
): Promise<readonly number[]> {
	const ids: number[] = [];
	for (let from = 0; from < recipients.length; from += batchMax) {
		const messages = recipients.slice(from, from + batchMax).map((recipient) => aBody({ ...fields, recipient }));
		const posted = await client.request("POST", "/batches", JSON.stringify({ messages }));
		if (posted.status !== 201) throw new Error(`${posted.status} ${JSON.stringify(posted.body)}`);
		const read = await client.request("GET", `/batches/${posted.body["batch_id"]}`);
		ids.push(...(read.body as unknown as readonly ClientMessage[]).map(({ message_id }) => message_id));
	}
	return ids;
}

/** An answer or a report that does not match the OpenAPI description. */
export class Undescribed extends Error {}

const isReport = validatorOf("DeliveryReports");

const nothing: ClientMessage = { message_id: 0, message_status: "", is_informed: null };

export function clientOf(localStack: Pick<LocalStack, "url">, user = "demo", password = user): Client {
	const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
	const request: Client["request"] = async (method, path, body, headers = {}, signal) => {
		const answer = await fetch(`${localStack.url}${path}`, {
			method,
			headers: { authorization, "content-type": "application/json", ...headers },
			...(body !== undefined && { body }),
			...(signal && { signal }),
		});
		const text = await answer.text();
		const undescribed = undescribedIn(method, path, { status: answer.status, headers: answer.headers, text });
		if (undescribed !== null) throw new Undescribed(`${method} ${path}: ${undescribed}`);
		return { status: answer.status, body: text === "" ? {} : JSON.parse(text), headers: answer.headers };
	};
	const post: Client["post"] = async (fields) => await request("POST", "/messages", JSON.stringify(aBody(fields)));
	const get: Client["get"] = async (messageId, query = "") =>
		(await request("GET", `/messages/${messageId}${query}`)).body as ClientMessage;
	const until: Client["until"] = async (messageId, holds) =>
		await eventually(
			/* A gateway that is starting refuses connections. */
			async () =>
				await get(messageId).catch((error: unknown) => {
					if (error instanceof Undescribed) throw error;
					return nothing;
				}),
			holds,
		);
	return {
		request,
		post,
		get,
		until,
		async send(fields) {
			const posted = await post(fields);
			if (posted.status !== 201) throw new Error(`${posted.status} ${JSON.stringify(posted.body)}`);
			return String(posted.body["message_id"]);
		},
		untilReported: async (messageId) => await until(messageId, ({ is_informed }) => is_informed === "Y"),
	};
}

/** Polls until the answer holds; throws after the time limit. */
export async function eventually<Answer>(
	ask: () => Promise<Answer>,
	holds: (answer: Answer) => boolean,
	withinMs = 90_000,
): Promise<Answer> {
	const giveUpAt = performance.now() + withinMs;
	for (;;) {
		const askedAt = performance.now();
		const answer = await ask();
		if (holds(answer)) return answer;
		const now = performance.now();
		if (now > giveUpAt) throw new Error(`still ${JSON.stringify(answer)?.slice(0, 2_000)}`);
		/* Wait at least as long as the question took, so that polling does not starve the gateway. */
		await wait(Math.max(25, now - askedAt));
	}
}

export type ReportedMessage = Record<string, unknown> & { readonly message_id: number; readonly status: string };

/** Every message that was reported to the webhook sink, once per report. */
export async function reported(
	localStack: Pick<LocalStack, "sinkUrl">,
	path?: string,
): Promise<readonly ReportedMessage[]> {
	const all = (await (await fetch(`${localStack.sinkUrl}/received`)).json()) as ReportRequest[];
	const reports = all.filter(({ body }) => !Object.hasOwn(Object(body), "incoming_report"));
	const undescribedReport = reports.find(({ body }) => !isReport(body));
	if (undescribedReport !== undefined)
		throw new Undescribed(`a report: ${JSON.stringify(undescribedReport.body).slice(0, 2_000)}`);
	return reports
		.filter((report) => path === undefined || report.path === path)
		.flatMap(({ body }) => (body as { delivery_report: ReportedMessage[] }).delivery_report);
}

export type SmscSubmit = Record<string, unknown> & { readonly recipient: string; readonly short_message_hex: string };

/** Waits until each message is reported as DELIVERED; returns the number of repeated reports. */
export async function untilDelivered(localStack: Pick<LocalStack, "sinkUrl">, ids: readonly number[]): Promise<number> {
	const wanted = new Set(ids);
	const wantedReports = await eventually(
		async () => (await reported(localStack)).filter(({ message_id }) => wanted.has(message_id)),
		(all) => new Set(all.map(({ message_id }) => message_id)).size === wanted.size,
	);
	const others = wantedReports.filter(({ status }) => status !== "DELIVERED");
	if (others.length > 0) throw new Error(`not delivered: ${JSON.stringify(others.slice(0, 10))}`);
	return wantedReports.length - wanted.size;
}

export async function smscSubmits(localStack: Pick<LocalStack, "operatorsControlUrl">): Promise<readonly SmscSubmit[]> {
	return (await (await fetch(`${localStack.operatorsControlUrl}/submits`)).json()) as SmscSubmit[];
}

/** Works every item off, `connections` at a time. When it throws, no work is in flight any more. */
export async function withConnections<Item>(
	items: readonly Item[],
	connections: number,
	work: (item: Item) => Promise<void>,
) {
	const left = [...items];
	const outcomes = await Promise.allSettled(
		Array.from({ length: connections }, async () => {
			for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
		}),
	);
	const failed = outcomes.find(({ status }) => status === "rejected");
	if (failed?.status === "rejected") throw failed.reason;
}
