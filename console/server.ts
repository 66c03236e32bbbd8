import { useCallback, useEffect, useState } from "preact/hooks";

/** What the server refused or could not do, in its own words. */
export class ServerError extends Error {}

async function answerOf<Answer>(response: Response): Promise<Answer> {
	const body = (await response.json().catch(() => ({}))) as Answer & { readonly error?: string };
	if (response.ok) return body;
	throw new ServerError(body.error ?? String(response.status));
}

export async function read<Answer>(query: string): Promise<Answer> {
	return await answerOf<Answer>(await fetch(`/api/${query}`));
}

export async function act<Answer>(name: string, input: object): Promise<Answer> {
	const headers = { "content-type": "application/json" };
	return await answerOf<Answer>(await fetch(`/api/${name}`, { method: "POST", headers, body: JSON.stringify(input) }));
}

export type Loaded<Answer> = {
	readonly data: Answer | undefined;
	readonly error: string | undefined;
	readonly reload: () => void;
};

/** Reads when the page opens, when the query changes, and on `reload`. A null query reads nothing. */
export function useData<Answer>(query: string | null): Loaded<Answer> {
	const [state, setState] = useState<{ query: string | null; data?: Answer; error?: string }>({ query });
	const [times, setTimes] = useState(0);
	const reload = useCallback(() => setTimes((before) => before + 1), []);
	useEffect(() => {
		if (query === null) return;
		let isCurrent = true;
		read<Answer>(query).then(
			(data) => isCurrent && setState({ query, data }),
			(error: unknown) => isCurrent && setState({ query, error: messageOf(error) }),
		);
		return () => {
			isCurrent = false;
		};
	}, [query, times]);
	const isOwn = state.query === query;
	return { data: isOwn ? state.data : undefined, error: isOwn ? state.error : undefined, reload };
}

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Why a stream stands still. Null: the console does not answer. */
export type Standstill = { readonly why: string | null };

/** Follows a stream while the page is seen: a browser has six connections for all its pages. @returns undefined if it runs. */
export function useStream<Event>(topic: string, onEvent: (event: Event) => void): Standstill | undefined {
	const [standstill, setStandstill] = useState<Standstill | undefined>();
	useEffect(() => {
		let source: EventSource | undefined;
		const follow = () => {
			source?.close();
			source = document.hidden ? undefined : openStream(topic, onEvent, setStandstill);
		};
		follow();
		document.addEventListener("visibilitychange", follow);
		return () => {
			document.removeEventListener("visibilitychange", follow);
			source?.close();
		};
	}, [topic]);
	return standstill;
}

function openStream<Event>(
	topic: string,
	onEvent: (event: Event) => void,
	onStandstill: (standstill: Standstill | undefined) => void,
): EventSource {
	const source = new EventSource(`/api/stream/${topic}`);
	source.onmessage = ({ data }) => {
		onStandstill(undefined);
		onEvent(JSON.parse(data as string) as Event);
	};
	source.onerror = () => onStandstill({ why: null });
	source.addEventListener("recovered", () => onStandstill(undefined));
	source.addEventListener("failed", ({ data }) =>
		onStandstill({ why: (JSON.parse(data as string) as { readonly error: string }).error }),
	);
	return source;
}
