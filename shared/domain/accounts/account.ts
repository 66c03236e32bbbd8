import type { FinalText } from "../message/final-text.ts";
import type { TimeBounds } from "../time/time-bounds.ts";

export type Sender = {
	readonly name: string;
	/** The window of a message that gives none (A17); null: the account's. */
	readonly defaultTimeBounds: TimeBounds | null;
	readonly allowedTimeBounds: readonly TimeBounds[] | null;
};

/** Where reports of an account go, and which answers confirm them. */
export type Webhook = {
	readonly url: string;
	/** `document`: 204, or 200 or 201 with the body `OK`. `any2xx`: any 2xx (A39). */
	readonly ack: "document" | "any2xx";
	/** `final`: final statuses only. `all`: SENT and EN_ROUTE too (A34). */
	readonly reports: "final" | "all";
};

/** What a POST to a webhook is authenticated by. Only what posts reports reads it (ADR 0079). */
export type WebhookSecrets = {
	/** HTTP Basic credentials for the client's server, if it needs them (R36). */
	readonly basic: { readonly user: string; readonly password: string } | null;
	/** The keys that sign each POST (A42): none, one, or two while one replaces the other. */
	readonly secrets: readonly string[];
};
export const noWebhookSecrets: WebhookSecrets = { basic: null, secrets: [] };

/** The limits of an account; null: unlimited. */
export type Limits = {
	readonly requestsPerSecond: number | null;
	/** A day in Almaty's time. */
	readonly messagesPerDay: number | null;
};

/** The most messages in an hour; null: unlimited. Against pumped one-time passwords (ADR 0078). */
export type HourlyLimits = {
	readonly messages: number | null;
	readonly perRecipient: number | null;
	/** For the ten thousand numbers with the same first seven digits. */
	readonly perNumberBlock: number | null;
};

export const noHourlyLimits: HourlyLimits = { messages: null, perRecipient: null, perNumberBlock: null };

export type SmppAccess = {
	/** Sessions at once, over all tasks. */
	readonly bindsMax: number;
	/** Requests of one session that may wait for their response. */
	readonly windowMax: number;
	/** The networks that it may bind from, such as `203.0.113.0/24`; null: any. */
	readonly networks: readonly string[] | null;
	/** The account's queue, where reports wait for a session; null: all go to its webhook. */
	readonly reportsQueueUrl: string | null;
	/**
	 * `smpp`: all reports and MO messages go to the queue. `channel`: only reports of messages by SMPP; the rest goes to the
	 * webhook, if there is one.
	 */
	readonly reportsBy: "smpp" | "channel";
};
export const userNameMax = 64;

export type Account = {
	readonly userName: string;
	/** It cannot log in. Messages that it sent before are still sent and reported. */
	readonly disabled: boolean;
	readonly senders: readonly Sender[];
	readonly defaultTimeBounds: TimeBounds;
	/** The answer to a repeated request: code 23, or the same 201 as before (A28). */
	readonly duplicates: "refuse" | "replay";
	readonly limits: Limits;
	readonly hourlyLimits: HourlyLimits;
	/** What becomes of a message's text when the message ends; null: as the stage has it. */
	readonly finalTexts: FinalText | null;
	/** Null: no reports, unless they go by SMPP. */
	readonly webhook: Webhook | null;
	/** Null: REST only. */
	readonly smpp: SmppAccess | null;
};

/** One password of an account, as its scrypt hash. An account has two while one replaces the other. */
export type Credential = {
	readonly salt: string;
	readonly hash: string;
	/** The cost of scrypt: a power of two. */
	readonly cost: number;
	/** When it expires, in milliseconds since 1970; without it, never. */
	readonly until?: number;
	/** When it was set; not known of older ones. */
	readonly since?: number;
};
