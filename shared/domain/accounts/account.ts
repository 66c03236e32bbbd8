import type { TimeBounds } from "../time/time-bounds.ts";

/** A name that an account may send under. */
export type Sender = {
	readonly name: string;
	/** The window of a message that names none (A17); null: the account's. */
	readonly defaultTimeBounds: TimeBounds | null;
	/** The only windows that this sender may use (code 24); null: any. */
	readonly allowedTimeBounds: readonly TimeBounds[] | null;
};

/** Where an account's reports go, and what confirms them. */
export type Webhook = {
	readonly url: string;
	/** HTTP Basic for the client's server, where it asks for it (R36). */
	readonly basic: { readonly user: string; readonly password: string } | null;
	/** The document's 204, or 200 or 201 with `OK`; or any 2xx (A39). */
	readonly ack: "document" | "any2xx";
	/** What is reported: the ends of messages only, or SENT and EN_ROUTE too (A34). */
	readonly reports: "final" | "all";
	/** What signs each POST (A42): none, one, or two while one replaces the other. */
	readonly secrets: readonly string[];
};

/** What an account may do; null: as much as it likes. */
export type Limits = {
	readonly requestsPerSecond: number | null;
	/** A day is Almaty's. */
	readonly messagesPerDay: number | null;
};

/** How an account may come in by SMPP (A47). */
export type SmppAccess = {
	/** Sessions at once, over all tasks. */
	readonly bindsMax: number;
	/** Requests of a session's that may wait for their response. */
	readonly windowMax: number;
	/** The networks that it may bind from, such as `203.0.113.0/24`; null: any. */
	readonly networks: readonly string[] | null;
	/** The account's own queue, where its reports and MO messages wait for a session; null: they go to its webhook. */
	readonly reportsQueueUrl: string | null;
};

/** The longest name that an account may have. */
export const userNameMax = 64;

/** A client of the gateway. */
export type Account = {
	readonly userName: string;
	/** Nobody is let in by its name; what it sent before goes its way, reports included. */
	readonly disabled: boolean;
	readonly senders: readonly Sender[];
	readonly defaultTimeBounds: TimeBounds;
	/** What a client_message_id that comes again with the same content is answered: code 23, or the same 201 as before (A28). */
	readonly duplicates: "refuse" | "replay";
	readonly limits: Limits;
	/** Null: nobody is told, unless its reports go by SMPP. */
	readonly webhook: Webhook | null;
	/** Null: by REST only. */
	readonly smpp: SmppAccess | null;
};

/** One password of an account, as its scrypt hash; an account has two while one replaces the other. */
export type Credential = {
	/** Base64, both. */
	readonly salt: string;
	readonly hash: string;
	/** scrypt's cost: a power of two. */
	readonly cost: number;
	/** Milliseconds since 1970; it is none from then on. Without it, it is one until it is taken away. */
	readonly until?: number;
};
