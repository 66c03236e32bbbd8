import type { MessageStatus } from "#shared/domain/message/statuses.ts";
import type { PlannedFault } from "../aws/fault-plan.ts";
import { type AccountName, loginOf } from "../world/accounts.ts";
import type { ApiAnswer } from "../world/api.ts";
import type { MessageBody } from "../world/rest-client.ts";
import type { HistorySettings } from "../world/settings.ts";
import type { SmscBehaviour } from "../world/smsc-behaviour.ts";
import type { WebhookBehaviour } from "../world/webhook-server.ts";
import type { World } from "../world/world.ts";

/** A fault that was found once, as a script of the few events that it needs. There are no other faults. */
export type Scenario = {
	/** The faults of a step's calls, in order; undefined is a call without a fault. */
	readonly script: Readonly<Record<string, readonly (PlannedFault | undefined)[]>>;
	readonly settings?: Partial<HistorySettings>;
	/** How its SMSC differs from a calm one. */
	readonly smsc?: Partial<SmscBehaviour>;
	/** How its clients' webhooks differ from calm ones. */
	readonly webhook?: Partial<WebhookBehaviour>;
	/** Starts the SMPP tasks and the clients' actions, at instants after the start. */
	readonly act: (world: World) => void;
};

/** Two binds, so that each of two tasks has one, to an SMSC that takes a second to answer. */
export const twoSlowBinds = {
	settings: { operators: [{ operator: "kcell", binds: 2, window: 10, tps: 100, receiptIds: "same" }] },
	smsc: { answerMs: [900, 1_000] },
} as const satisfies Partial<Scenario>;

/** A message that may be sent at once, with this validity. */
export function bodyTo(recipient: string, expireDate: string): MessageBody {
	return {
		client_message_id: `to ${recipient}`,
		recipient,
		message_text: "message",
		sender: "SMSGW",
		expire_date: expireDate,
	};
}

/** Runs a client's action, this long after the start. */
export function doAt(world: World, afterMs: number, account: "hook" | "replay", what: () => Promise<void>): void {
	const client = restClientOf(world, account);
	const { acts, kernel, settings } = world;
	acts.left += 1;
	kernel.at(settings.startAt + afterMs, client.process, () => {
		void what().finally(() => {
			acts.left -= 1;
		});
	});
}

export function restClientOf({ clients }: World, account: AccountName) {
	const client = clients.find(({ process }) => process.name === `client/${account}`);
	if (client === undefined) throw new Error(`there is no client ${account}`);
	return client;
}

/** Posts a message once, with a time limit for the response. A success counts as a promise. */
export async function post(world: World, account: AccountName, body: MessageBody, waitMs: number): Promise<ApiAnswer> {
	const { process } = restClientOf(world, account);
	const request = { role: "post-message", method: "POST", path: "/messages", body, login: loginOf(account) } as const;
	const answer = await world.api.ask(process, request, waitMs);
	const { message_id } = (answer.body ?? {}) as { readonly message_id?: unknown };
	if (message_id !== undefined) world.clientPromises.promised(Number(message_id), `${answer.status} to a POST`);
	return answer;
}

/** Posts a message once, this long after the start. */
export function postAt(
	world: World,
	afterMs: number,
	account: "hook" | "replay",
	body: MessageBody,
	waitMs = 40_000,
): void {
	doAt(world, afterMs, account, async () => void (await post(world, account, body, waitMs)));
}

/** Reads a message by its client_message_id, which is a promise if the answer is 200. */
export async function getByClientId(world: World, account: AccountName, clientMessageId: string): Promise<ApiAnswer> {
	const { process } = restClientOf(world, account);
	const pathParameters = { user_name: account, client_message_id: clientMessageId };
	const path = `/users/${account}/client_messages/${clientMessageId}`;
	const request = { role: "get-client-message", method: "GET", path, pathParameters, login: loginOf(account) } as const;
	return await world.api.ask(process, request, 40_000);
}

/** The answer must have this status. */
export function expectAnswer({ failures }: World, { status, body }: ApiAnswer, expected: number): void {
	if (status !== expected) failures.add("answer", `it was ${status} ${JSON.stringify(body)} instead of ${expected}`);
}

/** This long after the start, this must be as expected. The history lasts at least until then. */
export function expectAt<Value>(world: World, afterMs: number, what: string, read: () => Value, expected: Value): void {
	const { acts, failures, kernel, settings } = world;
	acts.left += 1;
	kernel.at(settings.startAt + afterMs, undefined, () => {
		acts.left -= 1;
		if (read() !== expected) failures.add("agreement", `${what}: ${read()} instead of ${expected}`);
	});
}

/** This long after the start, the message to a recipient must have this status. */
export function expectStatusAt(world: World, afterMs: number, recipient: string, status: MessageStatus): void {
	const { mirror } = world;
	const statusNow = () =>
		mirror
			.idsTo(recipient)
			.map((id) => mirror.row(id)?.status)
			.join();
	expectAt(world, afterMs, `the status of the message to ${recipient}`, statusNow, status);
}

/** Posts a batch once. */
export async function postBatch(
	world: World,
	account: AccountName,
	messages: readonly MessageBody[],
	failFast: boolean,
): Promise<ApiAnswer> {
	const { process } = restClientOf(world, account);
	const body = { messages, "fail-fast": failFast };
	const request = { role: "post-batch", method: "POST", path: "/batches", body, login: loginOf(account) } as const;
	const answer = await world.api.ask(process, request, 40_000);
	const { batch_id } = (answer.body ?? {}) as { readonly batch_id?: unknown };
	if (batch_id !== undefined) world.clientPromises.batchPromised(Number(batch_id), `${answer.status} to a batch`);
	return answer;
}
