import type { WebhookRequest } from "#shared/contracts/local-servers.ts";
import type { ReceivedPost } from "./forwards.ts";

export type WebhookRequestLog = {
	/** Returns what to call with the status of the answer. */
	began(post: ReceivedPost): (status: number) => void;
	/** The newest requests that came or were answered after this number, oldest first: as many as the console shows. */
	after(number: number): { readonly last: number; readonly requests: readonly WebhookRequest[] };
};

/** As many as a page shows. A report may be long. */
const requestsMax = 100;
const answerLengthMax = 1_000_000;

/** The last requests, with their answers, for the console. */
export function webhookRequestLog(): WebhookRequestLog {
	const kept = new Map<number, WebhookRequest>();
	let [last, ids] = [0, 0];

	function keep(request: Omit<WebhookRequest, "number">): void {
		last += 1;
		kept.set(request.id, { ...request, number: last });
		const [oldest] = kept.keys();
		if (kept.size > requestsMax && oldest !== undefined) kept.delete(oldest);
	}

	return {
		began({ path, body }) {
			ids += 1;
			const request = { id: ids, at: Date.now(), path, body, status: null, tookMs: null };
			keep(request);
			return (status) => keep({ ...request, status, tookMs: Date.now() - request.at });
		},
		after(number) {
			const from = number > last ? 0 : number;
			return { last, requests: newestWithin([...kept.values()].filter((one) => one.number > from)) };
		},
	};
}

/** The last one always. */
function newestWithin(requests: readonly WebhookRequest[]): readonly WebhookRequest[] {
	let length = 0;
	const tooOld = requests.findLastIndex((one, index) => {
		length += JSON.stringify(one).length;
		return length > answerLengthMax && index < requests.length - 1;
	});
	return requests.slice(tooOld + 1);
}
