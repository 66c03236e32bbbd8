import { httpPoster } from "./http-post.ts";
import { messageTo, type Numbering } from "./messages.ts";
import { sideBySide } from "./side-by-side.ts";

/** Whom a load is sent to. */
export type Target = {
	readonly url: string;
	readonly smppPort: number;
	readonly user: string;
	readonly password: string;
};

/** Sends that many messages in, as fast as they are taken; gives how long each request took, in milliseconds. */
export type Load = (target: Target, messages: number, numbers: Numbering) => Promise<readonly number[]>;

const connections = { single: 50, batches: 8 } as const;
export const batchSize = 200;

export const bySinglePosts: Load = async ({ url, user, password }, messages, numbers) => {
	const poster = httpPoster(url, user, password, connections.single);
	const took = await sideBySide(messages, connections.single, async () => {
		return await poster.post("/messages", JSON.stringify(messageTo(numbers.next())));
	});
	poster.close();
	return took;
};

export const byBatches: Load = async ({ url, user, password }, messages, numbers) => {
	const poster = httpPoster(url, user, password, connections.batches);
	const took = await sideBySide(Math.ceil(messages / batchSize), connections.batches, async () => {
		const own = Array.from({ length: batchSize }, () => messageTo(numbers.next()));
		return await poster.post("/batches", JSON.stringify({ messages: own }));
	});
	poster.close();
	return took;
};
