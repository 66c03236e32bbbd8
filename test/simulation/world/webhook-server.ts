import type { WebhookAnswer, Webhooks } from "#shared/usecases/reports/webhooks.ts";
import { cancel, type Kernel } from "../kernel/kernel.ts";

/** A webhook server's behaviour per POST, each with a probability; otherwise it answers 204. */
export type WebhookBehaviour = {
	readonly slow: number;
	readonly hangs: number;
	readonly fails: number;
	readonly busy: number;
	/** Accepts it, and the response is lost. */
	readonly losesAnswer: number;
	/** 410: permanently. */
	readonly gone: number;
};

export const healthyWebhook: WebhookBehaviour = { slow: 0, hangs: 0, fails: 0, busy: 0, losesAnswer: 0, gone: 0 };
export const faultyWebhook: WebhookBehaviour = {
	slow: 0.05,
	hangs: 0.03,
	fails: 0.04,
	busy: 0.03,
	losesAnswer: 0.04,
	gone: 0.02,
};

export type WebhookServerOptions = {
	readonly kernel: Kernel;
	readonly behaviour: () => WebhookBehaviour;
	/** A client accepted this body. */
	readonly onTaken: (userName: string, body: WebhookBody) => void;
};

export type WebhookBody = {
	readonly delivery_report?: readonly {
		readonly message_id: number;
		readonly status: string;
		readonly error_code: string | null;
		readonly client_message_id: string | null;
	}[];
	readonly incoming_report?: readonly { readonly sender: string }[];
};

/** As in shared/net/http-webhooks.ts. */
const limitMs = 10_000;
const usualMs = [10, 300] as const;
const slowMs = [1_000, 9_500] as const;

/** All clients' servers, each at a URL that ends in its account's name. */
export function webhookServers({ kernel, behaviour, onTaken }: WebhookServerOptions): Webhooks {
	const { draws } = kernel;

	function answerOf(actor: string): { readonly status: number; readonly takes: boolean; readonly answers: boolean } {
		const how = behaviour();
		if (draws.chance(actor, "hangs", how.hangs)) return { status: 0, takes: false, answers: false };
		if (draws.chance(actor, "loses its answer", how.losesAnswer)) return { status: 0, takes: true, answers: false };
		if (draws.chance(actor, "fails", how.fails)) return { status: 500, takes: false, answers: true };
		if (draws.chance(actor, "is busy", how.busy)) return { status: 503, takes: false, answers: true };
		if (draws.chance(actor, "is gone", how.gone)) return { status: 410, takes: false, answers: true };
		return { status: 204, takes: true, answers: true };
	}

	return {
		async post(url, _headers, body) {
			const caller = kernel.current;
			const userName = url.slice(url.lastIndexOf("/") + 1);
			const actor = `webhook/${userName}`;
			const { status, takes, answers } = answerOf(actor);
			const [least, most] = draws.chance(actor, "is slow", behaviour().slow) ? slowMs : usualMs;
			const ms = least + draws.number(actor, "answer") * (most - least);
			const { promise, resolve } = Promise.withResolvers<WebhookAnswer>();
			const limit = kernel.after(limitMs, caller, () => resolve({ kind: "failed", reason: "no answer in time" }));
			kernel.after(ms / 2, undefined, () => {
				kernel.trace.note(actor, kernel.now, status);
				kernel.trace.line(() => `${actor} ${answers ? status : "does not answer"}${takes ? " and takes" : ""} ${body}`);
				if (takes) onTaken(userName, JSON.parse(body));
			});
			if (!answers) return await promise;
			const retryAfter = status === 503 ? "7" : null;
			kernel.after(ms, caller, () => {
				cancel(limit);
				resolve({ kind: "answered", status, body: "", retryAfter });
			});
			return await promise;
		},
	};
}
