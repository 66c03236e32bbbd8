import type { Account, Webhook } from "../domain/account.ts";
import { admitted, afterFailure, type Circuit, soundCircuit } from "../domain/circuit.ts";
import { confirms } from "../domain/confirmation.ts";
import { deliveryReport } from "../domain/delivery-report.ts";
import type { Message } from "../domain/message.ts";
import type { Pack } from "../domain/packs.ts";
import { retryAfterSeconds, waitAfter } from "../domain/report-retries.ts";
import type { AccountStore, Clock, Log, MessageStore, PackStore, WebhookAnswer, Webhooks } from "../ports.ts";

export type Delivery = {
	readonly messages: Pick<MessageStore, "read">;
	readonly packs: PackStore;
	readonly accounts: AccountStore;
	readonly webhooks: Webhooks;
	/** This process's circuits, by account. */
	readonly circuits: Map<string, Circuit>;
	readonly now: Clock;
	/** From 0 to 1. */
	readonly chance: () => number;
	/** How long it stays known that a pack was confirmed. */
	readonly retentionMs: number;
	readonly log: Log;
};

export type PackOutcome =
	/** Confirmed, now or before; or there is nobody to tell. */
	| { readonly kind: "done" }
	| { readonly kind: "later"; readonly seconds: number }
	/** Tried for a day, or told never to come again (410). */
	| { readonly kind: "dead" };

const gone = 410;

/**
 * Tells a client of the ends of its messages, in one POST (R36). It may be told twice, after a crash or an answer that got
 * lost, and in any order (A42); `webhook-id` is the same each time.
 * @param tries how often this pack was taken up, this time included.
 */
export async function deliverPack(delivery: Delivery, pack: Pack, tries: number): Promise<PackOutcome> {
	const { accounts, circuits, now } = delivery;
	const account = await accounts.find(pack.userName);
	if (!account?.webhook || (await isConfirmed(delivery, pack))) return { kind: "done" };
	const [open, circuit] = admitted(circuits.get(pack.userName) ?? soundCircuit, now());
	if (!open) return laterOrDead(delivery, tries);
	circuits.set(pack.userName, circuit);
	return await deliver(delivery, pack, account, account.webhook, tries);
}

async function deliver(delivery: Delivery, pack: Pack, account: Account, webhook: Webhook, tries: number) {
	const { circuits, now, log } = delivery;
	const messages = await delivery.messages.read(pack.messageIds);
	if (messages.size === 0) return { kind: "done" } satisfies PackOutcome;
	const answer = await post(delivery, pack, webhook, [...messages.values()]);
	if (answer.kind === "answered" && confirms(webhook.ack, answer.status, answer.body)) {
		circuits.delete(account.userName);
		await delivery.packs.confirm(pack, now(), now() + delivery.retentionMs);
		log.info("report.confirmed", { pack: pack.packId, user_name: account.userName, messages: messages.size });
		return { kind: "done" } satisfies PackOutcome;
	}
	const why = answer.kind === "answered" ? `status ${answer.status}` : answer.reason;
	log.warn("report.unconfirmed", { pack: pack.packId, user_name: account.userName, tries, why });
	if (answer.kind === "answered" && answer.status === gone) return { kind: "dead" } satisfies PackOutcome;
	circuits.set(account.userName, afterFailure(circuits.get(account.userName) ?? soundCircuit, now()));
	const busy = answer.kind === "answered" && (answer.status === 429 || answer.status === 503);
	return laterOrDead(delivery, tries, busy ? (retryAfterSeconds(answer.retryAfter, now()) ?? 0) : 0);
}

async function post(
	{ webhooks, now }: Delivery,
	{ packId }: Pack,
	{ url, basic }: Webhook,
	messages: readonly Message[],
): Promise<WebhookAnswer> {
	const credentials = basic && Buffer.from(`${basic.user}:${basic.password}`).toString("base64");
	const headers = {
		"content-type": "application/json",
		"webhook-id": packId,
		"webhook-timestamp": String(Math.floor(now() / 1_000)),
		...(credentials && { authorization: `Basic ${credentials}` }),
	};
	return await webhooks.post(url, headers, JSON.stringify({ delivery_report: messages.map(deliveryReport) }));
}

async function isConfirmed({ packs }: Delivery, { packId, messageIds }: Pack): Promise<boolean> {
	const confirmed = (await packs.confirmed([packId])).get(packId);
	return confirmed !== undefined && messageIds.every((messageId) => confirmed.has(messageId));
}

/** @param atLeastSeconds what a busy server asked for. */
function laterOrDead({ chance }: Delivery, tries: number, atLeastSeconds = 0): PackOutcome {
	const seconds = waitAfter(tries, chance());
	return seconds === null ? { kind: "dead" } : { kind: "later", seconds: Math.max(seconds, atLeastSeconds) };
}
