import type { Session } from "#smpp/session/session.ts";
import { boundEsme, type SmppTarget, submitTo } from "./esme.ts";
import { httpPoster } from "./http-poster.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { messageTo, type RecipientSequence, shortText } from "./messages.ts";

export type LoadTarget = SmppTarget & { readonly url: string };

/** Sends messages in as fast as the gateway accepts them. Returns the milliseconds of each request. */
export type Load = (target: LoadTarget, messages: number, numbers: RecipientSequence) => Promise<readonly number[]>;

export const connections = { single: 50, batches: 8 } as const;
export const batchSize = 200;

/** Rounded to whole batches. */
export const wholeBatches = (messages: number) => Math.max(1, Math.round(messages / batchSize)) * batchSize;

/** The account's sessions, all of which are used. */
export const smppSessions = { binds: 4, window: 50 } as const;

export const bySinglePosts: Load = async ({ url, user, password }, messages, numbers) => {
	const poster = httpPoster(url, user, password, connections.single);
	const durations = await mapConcurrently(messages, connections.single, async () => {
		return await poster.post("/messages", JSON.stringify(messageTo(numbers.next())));
	});
	poster.close();
	return durations;
};

/** @param fields further fields of each message. */
export function batchLoad(fields: Readonly<Record<string, unknown>>): Load {
	return async ({ url, user, password }, messages, numbers) => {
		const poster = httpPoster(url, user, password, connections.batches);
		const durations = await mapConcurrently(Math.ceil(messages / batchSize), connections.batches, async () => {
			const own = Array.from({ length: batchSize }, () => ({ ...messageTo(numbers.next()), ...fields }));
			return await poster.post("/batches", JSON.stringify({ messages: own }));
		});
		poster.close();
		return durations;
	};
}

export const byBatches = batchLoad({});

export const bySmpp: Load = (target, messages, numbers) => overSmpp(target, messages, numbers, smppSessions);

/** Requests that API Gateway charges: none by SMPP. */
export const apiRequestsOf = (load: Load, requests: number) => (load === bySmpp ? 0 : requests);

/** Submits over sessions whose windows are always full. */
async function overSmpp(
	target: SmppTarget,
	messages: number,
	numbers: RecipientSequence,
	{ binds, window }: { readonly binds: number; readonly window: number },
): Promise<readonly number[]> {
	const sessions = await Promise.all(Array.from({ length: binds }, async () => await boundEsme(target)));
	try {
		return await submitOver(sessions, window, messages, numbers);
	} finally {
		await Promise.all(sessions.map(async (session) => await session.unbind(1_000)));
	}
}

export async function submitOver(
	sessions: readonly Session[],
	window: number,
	messages: number,
	numbers: RecipientSequence,
): Promise<readonly number[]> {
	const text = Buffer.from(shortText);
	const shares = sessions.map(async (session, index) => {
		const share = Math.floor((messages + index) / sessions.length);
		return await mapConcurrently(share, window, async () => await submitTo(session, numbers.next(), text));
	});
	return (await Promise.all(shares)).flat();
}
