/** A request of the kit, below the base path; or an SMPP command, whose status is the answer's command_status. */
export type KitRequest = {
	readonly method: "GET" | "POST" | "PUT" | "DELETE" | "SMPP";
	readonly path: string;
	readonly body?: string;
	/** The account's own login unless given. */
	readonly login?: "none" | "wrong";
};

export type KitAnswer = {
	readonly status: number;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly text: string;
	/** Undefined if the text is not JSON. */
	readonly json: unknown;
};

export type Exchange = { readonly request: KitRequest; readonly answer: KitAnswer | { readonly failed: string } };

/** What the requests and the checks know: the caller's settings, and what was answered before. */
export type Kit = {
	readonly user: string;
	readonly sender: string;
	/** Eleven digits: 77010000000. */
	readonly recipient: string;
	/** A part of each client_message_id, different in each run. */
	readonly runId: string;
	readonly startedAt: number;
	readonly exchanges: ReadonlyMap<string, Exchange>;
};

/** The answer to an earlier request; undefined if there was none. */
export function answerTo(kit: Kit, step: string): KitAnswer | undefined {
	const answer = kit.exchanges.get(step)?.answer;
	return answer === undefined || "failed" in answer ? undefined : answer;
}

/** A field of a JSON object; undefined where there is no such object or field. */
export function fieldOf(json: unknown, name: string): unknown {
	return typeof json === "object" && json !== null ? (json as Readonly<Record<string, unknown>>)[name] : undefined;
}

export const listOf = (json: unknown): readonly unknown[] => (Array.isArray(json) ? json : []);

/** The id in a 201, as a path takes it; undefined if there is none. */
export function idFrom(kit: Kit, step: string, name: "message_id" | "batch_id"): string | undefined {
	const id = fieldOf(answerTo(kit, step)?.json, name);
	return typeof id === "string" || typeof id === "number" ? String(id) : undefined;
}
