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

/** Follows a stream while the page is open. @returns whether it stands still. */
export function useStream<Event>(topic: string | null, onEvent: (event: Event) => void): boolean {
	const [isStale, setStale] = useState(false);
	useEffect(() => {
		if (topic === null) return;
		const source = new EventSource(`/api/stream/${topic}`);
		source.onmessage = ({ data }) => {
			setStale(false);
			onEvent(JSON.parse(data as string) as Event);
		};
		source.onerror = () => setStale(true);
		source.addEventListener("failed", () => setStale(true));
		return () => source.close();
	}, [topic]);
	return isStale;
}
