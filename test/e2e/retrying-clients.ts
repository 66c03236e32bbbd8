import { setTimeout as wait } from "node:timers/promises";
import type { LocalStack } from "#local/local-stack-options.ts";
import type { Session } from "#smpp/session/session.ts";
import { defaultSessionLimits } from "#smpp/session/session-limits.ts";
import type { FieldsOf } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { type Client, eventually, type Posted, Undescribed } from "./client.ts";
import { anEsmeOf, submitByEsme } from "./esme.ts";

/**
 * Clients that give up a request after 2 to 4 s and send it again until it is answered. The earlier request may still
 * run.
 */

const giveUpMs = () => 2_000 + Math.floor(Math.random() * 2_000);
const pauseMs = 100;

export type AnsweredPost = Posted & {
	readonly tries: number;
};

/** Posts the same body until the answer is neither a 429 nor a 5xx. */
export async function postUntilAnswered(client: Client, path: string, body: string): Promise<AnsweredPost> {
	for (let tries = 1; ; tries += 1) {
		const answer = await client
			.request("POST", path, body, {}, AbortSignal.timeout(giveUpMs()))
			.catch((error: unknown) => {
				if (error instanceof Undescribed) throw error;
				return null;
			});
		if (answer !== null && answer.status < 500 && answer.status !== 429) return { ...answer, tries };
		await wait(pauseMs);
	}
}

export type SubmittedId = {
	readonly id: string;
	/** The number of earlier submits that may also have been accepted. */
	readonly unanswered: number;
};

export type RetryingEsme = {
	/** Submits the same message until the response is ESME_ROK. */
	submit(fields: Partial<FieldsOf["submit_sm"]>): Promise<SubmittedId>;
	unbind(): Promise<void>;
};

const { ESME_ROK, ESME_RSYSERR, ESME_RTHROTTLED, ESME_RMSGQFUL } = commandStatuses;
const busy: readonly number[] = [ESME_RTHROTTLED, ESME_RMSGQFUL];

/** Binds again whenever its connection closes. */
export function aRetryingEsme(localStack: Pick<LocalStack, "smppPort">, user: string): RetryingEsme {
	const limits = { ...defaultSessionLimits, answerMs: giveUpMs() };
	const bind = async () =>
		await eventually(
			async () => await anEsmeOf(localStack, user, user, limits).catch(() => undefined),
			(session) => session !== undefined,
		);
	let binding: Promise<Session | undefined> | undefined;

	async function bound(): Promise<Session> {
		for (;;) {
			binding ??= bind();
			const own = binding;
			const session = await own;
			if (session?.boundAs !== undefined) return session;
			if (binding === own) binding = undefined;
		}
	}

	return {
		async submit(fields) {
			for (let unanswered = 0; ; ) {
				const answer = await submitByEsme(await bound(), fields).catch(() => null);
				if (answer?.status === ESME_ROK) return { id: answer.id, unanswered };
				if (answer === null || answer.status === ESME_RSYSERR) unanswered += 1;
				else if (!busy.includes(answer.status)) throw new Error(`command_status ${answer.status}`);
				await wait(pauseMs);
			}
		},
		unbind: async () => await (await binding)?.unbind(0),
	};
}
