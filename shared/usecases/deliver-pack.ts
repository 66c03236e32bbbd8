import type { Webhook } from "../domain/account.ts";
import type { CallEnd } from "../domain/circuit.ts";
import { confirms } from "../domain/confirmation.ts";
import { deliveryReport } from "../domain/delivery-report.ts";
import { incomingReport } from "../domain/incoming-message.ts";
import { longestKeptMs } from "../domain/lifetimes.ts";
import type { Pack, QueuedPack } from "../domain/packs.ts";
import { jittered, retryAfterSeconds, waitAfter } from "../domain/report-retries.ts";
import { webhookHeaders } from "../domain/webhook-call.ts";
import type {
	AccountQueues,
	AccountStore,
	Clock,
	IncomingStore,
	Log,
	MessageStore,
	PackStore,
	WebhookAnswer,
	Webhooks,
} from "../ports.ts";
import type { KeptOut, WebhookGates } from "./webhook-gates.ts";

export type Delivery = {
	readonly messages: Pick<MessageStore, "readEach">;
	readonly incoming: Pick<IncomingStore, "readEach">;
	readonly packs: PackStore;
	readonly accounts: AccountStore;
	readonly webhooks: Webhooks;
	/** Where the packs of those wait that are told by SMPP. */
	readonly accountQueues: AccountQueues;
	readonly gates: WebhookGates;
	readonly now: Clock;
	/** From 0 to 1. */
	readonly chance: () => number;
	/** How long messages are kept, and with them what is known of their reports. */
	readonly retentionMs: number;
	readonly log: Log;
};

export type PackOutcome =
	/** Confirmed, now or before; handed over to whoever tells by SMPP; or there is nobody to tell. */
	| { readonly kind: "done" }
	/** To be taken up again, and how many tries it will have behind it then. */
	| { readonly kind: "later"; readonly seconds: number; readonly tries: number }
	/** Tried for a day, or told never to come again (410); or a subscriber's message for a client that has no webhook yet. */
	| { readonly kind: "dead" };

const done: PackOutcome = { kind: "done" };
const gone = 410;
const busy: readonly number[] = [429, 503];

/**
 * How long to stay away where others find out what a server is worth. Longer than the rest of a probe and shorter than the pause after
 * one that failed, so that whoever waits for it hears how it ended.
 */
const staySeconds = { probing: 15, crowded: 5 } as const;

/** So long after its messages ended, a pack's turns count as tries even where others are finding out. */
const freeTurnsMs = 24 * 60 * 60_000;

/** What a pack tells: the POST's body, of how many messages it is, and since when the latest of it has been so. */
type Tidings = {
	readonly body: string;
	readonly messages: number;
	readonly since: number;
	/** Those that cannot be told of now: the pack comes again for them, until it is a dead letter. */
	readonly unreadable: ReadonlySet<number>;
};

/**
 * Tells a client of the ends of its messages, or of messages to it, in one POST (R36, R40). It may be told twice, after a crash or an answer
 * that got lost, and in any order (A42); `webhook-id` is the same each time. A turn counts as a try also where the account's server is being
 * left alone, so that every pack ends after a day (A40); not, on the first day, where others are finding out whether it answers.
 * @param pack with the tries that it has behind it, this one included.
 */
export async function deliverPack(delivery: Delivery, pack: QueuedPack): Promise<PackOutcome> {
	const { accounts, accountQueues, gates } = delivery;
	const account = await accounts.find(pack.userName);
	const queueUrl = account?.smpp?.reportsQueueUrl;
	if (queueUrl) {
		await accountQueues.send(queueUrl, [{ ...pack, tries: 0 }]);
		return done;
	}
	if (!account?.webhook) return pack.incoming ? { kind: "dead" } : done;
	const messageIds = await unconfirmedOf(delivery, pack);
	if (messageIds.length === 0) return done;
	const tidings = await tidingsOf(delivery, { ...pack, messageIds });
	const outcome = tidings.unreadable.size === 0 ? done : laterOrDead(delivery, pack);
	if (tidings.messages === 0) return outcome;
	const leave = await gates.enter(pack.userName);
	if (typeof leave === "string") return afterKeptOut(delivery, pack, tidings, leave);
	const answer = await post(delivery, pack, account.webhook, tidings);
	const end = endOf(account.webhook, answer, delivery.now());
	await leave.ended(end);
	if (end.kind !== "confirmed") return afterFailure(delivery, pack, answer, { end, since: tidings.since });
	const told = messageIds.filter((messageId) => !tidings.unreadable.has(messageId));
	await confirm(delivery, { ...pack, messageIds: told }, tidings);
	return outcome;
}

async function confirm({ packs, log, now, retentionMs }: Delivery, pack: Pack, { since }: Tidings): Promise<void> {
	const { packId, userName, messageIds } = pack;
	await packs.confirm(pack, now(), now() + longestKeptMs(retentionMs));
	log.info("report.confirmed", { pack: packId, user_name: userName, message_ids: messageIds, lag_ms: now() - since });
}

async function tidingsOf({ messages, incoming }: Delivery, { messageIds, onWay, ...pack }: Pack): Promise<Tidings> {
	if (pack.incoming) {
		const { rows: found, unreadable } = await incoming.readEach(messageIds);
		const rows = [...found.values()];
		return {
			unreadable,
			body: JSON.stringify({ incoming_report: rows.map(incomingReport) }),
			messages: rows.length,
			since: Math.max(...rows.map(({ receivedAt }) => receivedAt)),
		};
	}
	const { rows: found, unreadable } = await messages.readEach(messageIds);
	const rows = [...found.values()];
	return {
		unreadable,
		body: JSON.stringify({ delivery_report: rows.map((message) => deliveryReport(message, onWay)) }),
		messages: rows.length,
		since: Math.max(...rows.map(({ statusAt }) => statusAt)),
	};
}

function afterKeptOut(delivery: Delivery, pack: QueuedPack, { since }: Tidings, kept: KeptOut): PackOutcome {
	const { now, chance } = delivery;
	const isFresh = now() - since < freeTurnsMs;
	if (kept === "shut" || !isFresh) return laterOrDead(delivery, pack);
	return { kind: "later", seconds: jittered(staySeconds[kept], chance()), tries: pack.tries - 1 };
}

async function post(
	{ webhooks, now }: Delivery,
	{ packId }: Pack,
	webhook: Webhook,
	{ body }: Tidings,
): Promise<WebhookAnswer> {
	return await webhooks.post(webhook.url, webhookHeaders(webhook, { id: packId, now: now(), body }), body);
}

function endOf({ ack }: Webhook, answer: WebhookAnswer, now: number): CallEnd {
	if (answer.kind === "failed") return { kind: "failed" };
	const { status, body, retryAfter } = answer;
	if (confirms(ack, status, body)) return { kind: "confirmed" };
	if (status === gone) return { kind: "gone" };
	const seconds = busy.includes(status) ? retryAfterSeconds(retryAfter, now) : null;
	return seconds === null ? { kind: "failed" } : { kind: "busy", askedMs: seconds * 1_000 };
}

function afterFailure(
	delivery: Delivery,
	pack: QueuedPack,
	answer: WebhookAnswer,
	{ end, since }: { readonly end: CallEnd; readonly since: number },
): PackOutcome {
	const { packId, userName, tries } = pack;
	const why = answer.kind === "answered" ? `status ${answer.status}` : answer.reason;
	const age = delivery.now() - since;
	delivery.log.warn("report.unconfirmed", { pack: packId, user_name: userName, tries, why, age_ms: age });
	if (end.kind === "gone") {
		delivery.log.error("webhook.gone", { user_name: userName, pack: packId });
		return { kind: "dead" };
	}
	return laterOrDead(delivery, pack, end.kind === "busy" ? end.askedMs / 1_000 : 0);
}

async function unconfirmedOf({ packs }: Delivery, { packId, messageIds }: Pack): Promise<readonly number[]> {
	const confirmed = (await packs.confirmed([packId])).get(packId);
	return messageIds.filter((messageId) => !confirmed?.has(messageId));
}

/** @param atLeastSeconds what a busy server asked for. */
function laterOrDead({ chance }: Delivery, { tries }: QueuedPack, atLeastSeconds = 0): PackOutcome {
	const seconds = waitAfter(tries, chance());
	return seconds === null ? { kind: "dead" } : { kind: "later", seconds: Math.max(seconds, atLeastSeconds), tries };
}
