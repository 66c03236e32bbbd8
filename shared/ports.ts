import type { Account, Credential } from "./domain/account.ts";
import type { Lane } from "./domain/lanes.ts";
import type { Message, MessageChange } from "./domain/message.ts";
import type { Pack } from "./domain/packs.ts";
import type { Parcel } from "./domain/parcels.ts";
import type { Receipt } from "./domain/receipt.ts";
import type { SlotRow } from "./domain/slots.ts";

/**
 * What the use cases need of the world, named for its role. `aws/` fills these with AWS; `test/fakes/` in memory; one contract test per
 * port is passed by both. Every call has a time limit; one that cannot be carried out throws, and may or may not have
 * happened.
 */

export type InsertOutcome =
	| { readonly kind: "inserted" }
	/** Another message has this id, or had it first. */
	| { readonly kind: "taken"; readonly by: Message };

export type WantedChange = { readonly message: Message; readonly change: MessageChange };

export type MessageStore = {
	/** Inserts those whose id is free; outcomes in the order of the messages. The same id must not occur twice. */
	insert(messages: readonly Message[]): Promise<readonly InsertOutcome[]>;
	/** Strongly consistent, by id; what is not there, or past its retention, is left out. */
	read(messageIds: readonly number[]): Promise<ReadonlyMap<number, Message>>;
	/**
	 * Changes each message that is still at the revision it was read at, and counts that up; outcomes in the order given.
	 * `stale` means that somebody else changed it since. The same message must not occur twice.
	 */
	change(changes: readonly WantedChange[]): Promise<readonly ("changed" | "stale")[]>;
};

/** Which segment an SMSC's id stands for, so that its receipt finds its message. */
export type SubmittedSegment = {
	readonly ref: string;
	readonly messageId: number;
	readonly segmentIndex: number;
	readonly recipient: string;
	readonly keepUntil: number;
};

export type SubmissionStore = {
	put(segments: readonly SubmittedSegment[]): Promise<void>;
	find(refs: readonly string[]): Promise<ReadonlyMap<string, SubmittedSegment>>;
};

export type SlotStore = {
	/** Writes rows, and first that their slots have some. */
	put(rows: readonly SlotRow[]): Promise<void>;
	/** The slots until this instant, it included, that have rows or had some. */
	due(until: number): Promise<readonly number[]>;
	rows(slot: number, shard: number): Promise<readonly SlotRow[]>;
	remove(rows: readonly SlotRow[]): Promise<void>;
	/** Nobody looks for this slot's rows any more, until one is put there again. */
	forget(slot: number): Promise<void>;
};

/** A shard of a slot that is due. */
export type Look = { readonly slot: number; readonly shard: number };

export type LookQueue = { send(looks: readonly Look[]): Promise<void> };

/** Which packs were confirmed, and for which messages. */
export type PackStore = {
	confirm(pack: Pack, at: number, keepUntil: number): Promise<void>;
	/** The ids of the messages whose report was confirmed, by pack; packs that never were are left out. */
	confirmed(packIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<number>>>;
};

export type AccountStore = { find(userName: string): Promise<Account | null> };
export type CredentialStore = { find(userName: string): Promise<readonly Credential[]> };

export type Lanes = {
	/** @param delaySeconds how long nobody may pick them up: 0 to 900. */
	send(parcels: readonly Parcel[], delaySeconds?: number): Promise<void>;
};

/** One entry of a lane, held: nobody else gets it until its visibility ends. */
export type LaneEntry = { readonly parcel: Parcel; readonly handle: string; readonly receives: number };

export type LaneSource = {
	/** Waits up to 20 s for entries, or until the signal; none is an ordinary answer. */
	receive(lane: Lane, entriesMax: number, signal: AbortSignal): Promise<readonly LaneEntry[]>;
	/** Done with: they will not come again. */
	remove(lane: Lane, handles: readonly string[]): Promise<void>;
	/** Keeps entries for so long from now; 0 gives them back. One that is gone is passed over. */
	hold(lane: Lane, handles: readonly string[], seconds: number): Promise<void>;
};

/** Receipts of one operator that came together, and how often they were looked at without finding their submission. */
export type ReceiptPack = {
	readonly operator: Lane["operator"];
	readonly receipts: readonly Receipt[];
	readonly looks: number;
};

export type ReceiptQueue = { send(packs: readonly ReceiptPack[], delaySeconds?: number): Promise<void> };

export type ReportQueue = { send(packs: readonly Pack[]): Promise<void> };

/** What a client's server answered, as far as it was read. */
export type WebhookAnswer =
	| { readonly kind: "answered"; readonly status: number; readonly body: string; readonly retryAfter: string | null }
	/** It refused the connection, took too long, or is an address that may not be called. */
	| { readonly kind: "failed"; readonly reason: string };

export type Webhooks = {
	post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<WebhookAnswer>;
};

/** Milliseconds since 1970. */
export type Clock = () => number;

/** Log events are `noun.past`; fields never hold a secret or a message's text. */
export type Log = {
	info(event: string, fields?: Readonly<Record<string, unknown>>): void;
	warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
	error(event: string, fields?: Readonly<Record<string, unknown>>): void;
};
