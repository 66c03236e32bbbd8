import type { Kernel } from "../kernel/kernel.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import { loginOf } from "./accounts.ts";
import type { ApiAnswer, ApiRequest, SimulatedApi } from "./api.ts";

/** The responses that count as a promise. */
export type ClientPromises = {
	promised(messageId: number, how: string): void;
	/** A whole batch was accepted. */
	batchPromised(batchId: number, how: string): void;
	/** A client_message_id is in use: a refusal with code 23 that does not name the message. */
	clientIdPromised(userName: string, clientMessageId: string, how: string): void;
	withdrawn(messageId: number): void;
	/** What the batch has withdrawn is confirmed: this many messages. */
	batchWithdrawn(batchId: number, count: number): void;
};

export type MessageBody = {
	readonly client_message_id: string;
	readonly recipient: string;
	readonly message_text: string;
	readonly sender: string;
	readonly priority?: number;
	readonly expire_date?: string;
	readonly schedule?: string;
	readonly time_bounds?: string;
};

export type RestClient = {
	readonly process: SimulatedProcess;
	/** Posts until a response comes or the attempts are used up. Returns the message id, if received. */
	post(body: MessageBody): Promise<number | undefined>;
	postBatch(messages: readonly MessageBody[], failFast: boolean): Promise<number | undefined>;
	/** Posts a batch once, without retries. */
	postBatchOnce(messages: readonly MessageBody[], failFast: boolean): Promise<void>;
	get(messageId: number): Promise<void>;
	getByClientId(clientMessageId: string): Promise<void>;
	getBatch(batchId: number): Promise<void>;
	withdraw(messageId: number): Promise<void>;
	withdrawBatch(batchId: number): Promise<void>;
};

export type RestClientOptions = {
	readonly kernel: Kernel;
	readonly api: SimulatedApi;
	readonly userName: string;
	/** Whether the client times out after seconds and repeats its request. */
	readonly isImpatient: () => boolean;
	readonly clientPromises: ClientPromises;
};

const patientMs = 40_000;
const impatientMs = [700, 8_000] as const;
const pauseMs = [300, 10_000] as const;
const triesMax = 8;
/** Probability that a client without a response asks for its message by its own id before it posts again. */
const asksFirst = 0.4;

type MessageAnswer = { readonly message_id?: unknown; readonly error_code?: unknown; readonly field?: unknown };

/** A REST client that repeats requests without a response, as the API allows. */
export function restClient({ kernel, api, userName, isImpatient, clientPromises }: RestClientOptions): RestClient {
	const { draws } = kernel;
	const process = kernel.start({ name: `client/${userName}`, role: "client" });
	const actor = process.name;

	const within = (step: string, [least, most]: readonly [number, number]) =>
		least + draws.number(actor, step) * (most - least);

	async function pause(ms: number): Promise<void> {
		await new Promise<void>((resolve) => void kernel.after(ms, process, resolve));
	}

	async function ask(request: Omit<ApiRequest, "login">): Promise<ApiAnswer> {
		const waitMs = isImpatient() ? within("waits", impatientMs) : patientMs;
		return await api.ask(process, { ...request, login: loginOf(userName) }, waitMs);
	}

	/**
	 * Repeats until a response comes that is neither 429 nor 5xx. @param unsure is sometimes called before another
	 * attempt.
	 */
	async function askUntilAnswered(
		request: Omit<ApiRequest, "login">,
		unsure: () => Promise<void> = async () => undefined,
	): Promise<ApiAnswer | undefined> {
		for (let tries = 1; tries <= triesMax; tries += 1) {
			const answer = await ask(request);
			if (answer.status !== 0 && answer.status !== 429 && answer.status < 500) return answer;
			if (draws.chance(actor, "asks first", asksFirst)) await unsure();
			await pause(within("pause", pauseMs));
		}
		return undefined;
	}

	function pathId(answer: ApiAnswer | undefined, field: string): number | undefined {
		const id = Number((answer?.body as Record<string, unknown> | null)?.[field]);
		return Number.isSafeInteger(id) && id > 0 ? id : undefined;
	}

	async function read(request: Omit<ApiRequest, "login">): Promise<void> {
		const answer = await ask(request);
		if (answer.status !== 200) return;
		const bodies = (Array.isArray(answer.body) ? answer.body : [answer.body]) as readonly MessageAnswer[];
		for (const { message_id } of bodies) clientPromises.promised(Number(message_id), "a GET");
	}

	async function getByClientId(clientMessageId: string): Promise<void> {
		const pathParameters = { user_name: userName, client_message_id: clientMessageId };
		const path = `/users/${userName}/client_messages/${clientMessageId}`;
		await read({ role: "get-client-message", method: "GET", path, pathParameters });
	}

	function batchRequest(messages: readonly MessageBody[], failFast: boolean) {
		return { role: "post-batch", method: "POST", path: "/batches", body: { messages, "fail-fast": failFast } } as const;
	}

	function hearBatch(messages: readonly MessageBody[], answer: ApiAnswer | undefined): number | undefined {
		const batchId = pathId(answer, "batch_id");
		if (batchId !== undefined) clientPromises.batchPromised(batchId, `${answer?.status} to a batch`);
		const { error_code, field } = (answer?.body ?? {}) as MessageAnswer;
		const [, index] = /^messages\[(\d+)\]/.exec(String(field)) ?? [];
		const twin = messages[Number(index)];
		if (error_code === "23" && twin) clientPromises.clientIdPromised(userName, twin.client_message_id, "23 to a batch");
		return batchId;
	}

	return {
		process,
		getByClientId,
		async post(body) {
			const request = { role: "post-message", method: "POST", path: "/messages", body } as const;
			const answer = await askUntilAnswered(request, async () => await getByClientId(body.client_message_id));
			const messageId = pathId(answer, "message_id");
			if (messageId !== undefined) clientPromises.promised(messageId, `${answer?.status} to a POST`);
			return messageId;
		},
		async postBatch(messages, failFast) {
			return hearBatch(messages, await askUntilAnswered(batchRequest(messages, failFast)));
		},
		async postBatchOnce(messages, failFast) {
			hearBatch(messages, await ask(batchRequest(messages, failFast)));
		},
		async get(messageId) {
			const pathParameters = { message_id: String(messageId) };
			await read({ role: "get-message", method: "GET", path: `/messages/${messageId}`, pathParameters });
		},
		async getBatch(batchId) {
			const pathParameters = { batch_id: String(batchId) };
			await read({ role: "get-batch", method: "GET", path: `/batches/${batchId}`, pathParameters });
		},
		async withdraw(messageId) {
			const pathParameters = { message_id: String(messageId) };
			const path = `/messages/${messageId}`;
			const answer = await askUntilAnswered({ role: "delete-message", method: "DELETE", path, pathParameters });
			if (answer?.status === 204) clientPromises.withdrawn(messageId);
		},
		async withdrawBatch(batchId) {
			const pathParameters = { batch_id: String(batchId) };
			const path = `/batches/${batchId}`;
			const answer = await askUntilAnswered({ role: "get-batch", method: "DELETE", path, pathParameters });
			const { withdrawn } = (answer?.body ?? {}) as { readonly withdrawn?: unknown };
			if (answer?.status === 200) clientPromises.batchWithdrawn(batchId, Number(withdrawn));
		},
	};
}
