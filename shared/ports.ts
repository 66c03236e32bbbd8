import type { Batch } from "./domain/accept/batch.ts";
import type { Account, Credential } from "./domain/accounts/account.ts";
import type { IncomingEntry } from "./domain/incoming/incoming-entry.ts";
import type { IncomingMessage } from "./domain/incoming/incoming-message.ts";
import type { PartGroup } from "./domain/incoming/mo-part.ts";
import type { PartsRow } from "./domain/incoming/mo-reassembly.ts";
import type { ShortCodeEntry } from "./domain/incoming/short-codes.ts";
import type { Lane, LaneEntryKind } from "./domain/message/lanes.ts";
import type { Message, MessageChange } from "./domain/message/message.ts";
import type { Operator } from "./domain/message/operators.ts";
import type { CountName, MeasureName } from "./domain/metrics.ts";
import type { NumberEntry } from "./domain/numbers/number-entry.ts";
import type { Receipt } from "./domain/receipts/receipt.ts";
import type { QueuedReportBatch, ReportBatch } from "./domain/reports/report-batches.ts";
import type { SlotRow } from "./domain/schedule/slots.ts";
import type { SendJob } from "./domain/send/send-jobs.ts";

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

/** What was found of rows: those that can be read, and the ids of those that are there and cannot be. */
export type ReadRows<Row> = { readonly rows: ReadonlyMap<number, Row>; readonly unreadable: ReadonlySet<number> };

/**
 * A row that cannot be read, for another version wrote it, is never taken for absent. Who asks by `read` is told by an exception, so that
 * nobody forgets it; who has holders of many messages to deal with asks by `readEach`, goes on with the others, and keeps the holders of those.
 */
export type MessageStore = {
	/**
	 * Inserts those whose id is free; outcomes in the order of the messages. The same id must not occur twice.
	 * @throws UnreadableRows where what has an id cannot be read; others may be inserted then.
	 */
	insert(messages: readonly Message[]): Promise<readonly InsertOutcome[]>;
	/** Strongly consistent, by id; what is not there, or past its retention, is left out. @throws UnreadableRows */
	read(messageIds: readonly number[]): Promise<ReadonlyMap<number, Message>>;
	/** As `read`; those that cannot be read are named beside the others. */
	readEach(messageIds: readonly number[]): Promise<ReadRows<Message>>;
	/** Deletes rows that are still as their attempt inserted them; what was changed since, or written by another attempt, stays. */
	undoInsert(messages: readonly Message[]): Promise<void>;
	/**
	 * Changes each message that is still at the revision it was read at, and counts that up; outcomes in the order given.
	 * `stale` means that somebody else changed it since. A change that names a report is known by that, should its answer be lost and another
	 * change come before the call is repeated: it is `changed`. The same message must not occur twice.
	 */
	change(changes: readonly WantedChange[]): Promise<readonly ("changed" | "stale")[]>;
};

export type BatchStore = {
	/** Writes a batch of which every message has a holder, whatever was there before. */
	put(batch: Batch): Promise<void>;
	/** Writes a batch where it is still as it was read, null where there was none; false where another attempt wrote it since. */
	replace(known: Batch | null, batch: Batch): Promise<boolean>;
	/** Null where there is none, or it is past its retention. */
	find(batchId: number): Promise<Batch | null>;
};

/** Which segment an SMSC's id stands for, so that its receipt finds its message. */
export type SubmittedSegment = {
	readonly ref: string;
	readonly messageId: number;
	readonly segmentIndex: number;
	/** How many submits the whole message takes. */
	readonly parts: number;
	readonly recipient: string;
	/** When its message's first segment was handed over: no receipt of it can have come before. */
	readonly submittedAt: number;
	readonly keepUntil: number;
};

/** A message that was submitted more than once: the SMSC's id of the submit that was not answered is not known. */
export type UnansweredSubmit = {
	readonly operator: Operator;
	readonly recipient: string;
	readonly messageId: number;
	readonly keepUntil: number;
};

export type SubmissionStore = {
	put(segments: readonly SubmittedSegment[]): Promise<void>;
	find(refs: readonly string[]): Promise<ReadonlyMap<string, SubmittedSegment>>;
	/** Writes that a receipt of an unknown id for this recipient may be this message's. The same may be written again. */
	putUnanswered(submits: readonly UnansweredSubmit[]): Promise<void>;
	/** The messages to each recipient of an operator of which that was written. */
	findUnanswered(operator: Operator, recipients: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>>;
};

/** Some rows of a shard. */
export type SlotPage = {
	readonly rows: readonly SlotRow[];
	/** How many are there besides that cannot be read, for another version wrote them: they stay. */
	readonly unreadable: number;
	/** Where the next page begins; null where this was the last. */
	readonly next: string | null;
};

export type SlotStore = {
	/** Writes rows, and first that their slots have some. */
	put(rows: readonly SlotRow[]): Promise<void>;
	/** The slots until this instant, it included, that have rows or had some. */
	due(until: number): Promise<readonly number[]>;
	/** Some of a shard's rows, at most so many: its first, or those that follow where a page ended. */
	rows(slot: number, shard: number, rowsMax: number, after?: string | null): Promise<SlotPage>;
	remove(rows: readonly SlotRow[]): Promise<void>;
	/** Nobody looks for this slot's rows any more, until one is put there again. */
	forget(slot: number): Promise<void>;
};

/** What calls for a look at a slot when it comes. */
export type SlotAlarms = {
	/** Sets the slot's alarm; one that is set already is as good. */
	set(slot: number): Promise<void>;
};

/** A shard of a slot that is due. `after`: an earlier look got so far, and ran out of time; its first rows otherwise. */
export type DueShard = { readonly slot: number; readonly shard: number; readonly after?: string };

export type DueShardQueue = { send(checks: readonly DueShard[]): Promise<void> };

/** Which report batches were confirmed, and for which messages. */
export type ReportBatchStore = {
	confirm(reportBatch: ReportBatch, at: number, keepUntil: number): Promise<void>;
	/** The ids of the messages whose report was confirmed, by report batch; report batches that never were are left out. */
	confirmed(reportBatchIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<number>>>;
};

/** Messages from subscribers, joined. */
export type IncomingStore = {
	/** Writes them, whatever was there before. The same id must not occur twice. */
	put(messages: readonly IncomingMessage[]): Promise<void>;
	/** Strongly consistent, by id; what is not there, or past its retention, is left out, and what cannot be read is named beside it. */
	readEach(messageIds: readonly number[]): Promise<ReadRows<IncomingMessage>>;
};

/** Parts of messages from subscribers. */
export type PartStore = {
	/** Strongly consistent, in the order given; at revision 0, and empty, where there is none; null where one cannot be read. The same must not occur twice. */
	find(all: readonly PartGroup[]): Promise<readonly (PartsRow | null)[]>;
	/**
	 * Writes each row that is still at the revision it was read at, and counts that up; outcomes in the order given. A write that the SDK
	 * had to repeat may be `stale` by itself: who reads again finds it done.
	 */
	change(rows: readonly PartsRow[], keepUntil: number): Promise<readonly ("changed" | "stale")[]>;
};

export type IncomingQueue = {
	/** @param delaySeconds how long nobody may take them up: 0 to 900. */
	send(entries: readonly IncomingEntry[], delaySeconds?: number): Promise<void>;
};

/** Whose the short codes and their keywords are (A48). */
export type ShortCodeStore = {
	/** Strongly consistent. */
	find(shortCode: string): Promise<readonly ShortCodeEntry[]>;
	/** All of them, by short code and keyword; of each short code first the one without a keyword. */
	list(): Promise<readonly ShortCodeEntry[]>;
	/** Writes an entry, in the place of the one with its short code and keyword. */
	put(entry: ShortCodeEntry): Promise<void>;
	/** This keyword of a short code is nobody's any more. */
	remove(entry: Pick<ShortCodeEntry, "shortCode" | "keyword">): Promise<void>;
};

export type AccountStore = { find(userName: string): Promise<Account | null> };

/** Accounts as their operator keeps them. */
export type AccountRepository = AccountStore & {
	/** All of them, by their names. */
	list(): Promise<readonly Account[]>;
	/** False where there is another one of this name: one that is the same to the letter may be this call's own, sent twice. */
	create(account: Account): Promise<boolean>;
	/**
	 * Writes what `change` makes of an account, and gives it; null where there is none. Where somebody else wrote it meanwhile, it is
	 * changed anew. What `change` throws leaves it as it was.
	 */
	change(userName: string, change: (account: Account) => Account): Promise<Account | null>;
};

export type CredentialStore = { find(userName: string): Promise<readonly Credential[]> };

/** Passwords as the operator keeps them. */
export type CredentialRepository = CredentialStore & {
	/** As an account is changed; one that has none begins with none. */
	change(
		userName: string,
		change: (credentials: readonly Credential[]) => readonly Credential[],
	): Promise<readonly Credential[]>;
};

/** How much was handed out of each counted window, over all processes. */
export type QuotaStore = {
	/** Takes so much from a counter of `max`, all or nothing; false where less is left. After `keepUntil` the counter may be forgotten. */
	take(counter: string, wanted: number, max: number, keepUntil: number): Promise<boolean>;
};

/** What is known of numbers beyond their prefix. */
export type NumberStore = {
	/**
	 * Strongly consistent, by recipient, up to 100 in one call; a number of which nothing is known is left out. One whose row cannot be read may be
	 * blocked, or anybody's: nothing is to be sent to it.
	 */
	find(recipients: readonly string[]): Promise<ReadonlyMap<string, NumberEntry | "unreadable">>;
	/** Writes entries, whatever was there before. The same number must not occur twice. */
	put(entries: readonly NumberEntry[]): Promise<void>;
	/** Nothing is known of these numbers any more. The same number must not occur twice. */
	remove(recipients: readonly string[]): Promise<void>;
};

/** What became of an entry that was sent once: `unknown` may be in its queue, `refused` certainly is not. */
export type SendOutcome = "queued" | "refused" | "unknown";

export type Lanes = {
	/**
	 * The first send of messages by the request that stored them, in one try: each send job is in its lane once at the most. Never throws; outcomes
	 * are in the order of the send jobs.
	 * @param delaySeconds before they may be picked up: 0 to 900.
	 */
	sendFirst(sendJobs: readonly SendJob[], delaySeconds: number): Promise<readonly SendOutcome[]>;
	/** Sends messages that wait in a slot, or that may be in their lane already: whoever picks them up claims each first. Tried until queued. */
	send(sendJobs: readonly SendJob[], kind: Exclude<LaneEntryKind, "first">, delaySeconds?: number): Promise<void>;
};

/** One entry of a lane, held: nobody else gets it until its visibility ends. */
export type LaneEntry = {
	readonly sendJob: SendJob;
	readonly kind: LaneEntryKind;
	/** The same each time that the entry is received. */
	readonly entryId: string;
	/** Dead entries that it goes on for: what one of them holds, it may claim. */
	readonly formerIds?: readonly string[];
	readonly handle: string;
	readonly receives: number;
};

export type LaneSource = {
	/**
	 * Waits up to 20 s for entries, or until the signal; none is an ordinary answer.
	 * @param seconds how long nobody else gets them, where that is not as long as the lane says.
	 */
	receive(lane: Lane, entriesMax: number, signal: AbortSignal, seconds?: number): Promise<readonly LaneEntry[]>;
	/** Done with: they will not come again. */
	remove(lane: Lane, handles: readonly string[]): Promise<void>;
	/** Keeps entries for so long from now; 0 gives them back. One that is gone is passed over. */
	hold(lane: Lane, handles: readonly string[], seconds: number): Promise<void>;
};

/** Receipts of one operator that came together, and how often they were looked at without finding their submission. */
export type ReceiptBatch = {
	readonly operator: Lane["operator"];
	readonly receipts: readonly Receipt[];
	readonly checks: number;
	/** Somebody was given them before, and perhaps died at them. */
	readonly redelivered?: boolean;
};

export type ReceiptQueue = { send(reportBatches: readonly ReceiptBatch[], delaySeconds?: number): Promise<void> };

export type ReportQueue = {
	/** @param delaySeconds how long nobody may take them up: 0 to 900. */
	send(reportBatches: readonly (ReportBatch | QueuedReportBatch)[], delaySeconds?: number): Promise<void>;
};

/** Report batches of accounts that are told by SMPP, each account's in a queue of its own. */
export type AccountQueues = {
	send(queueUrl: string, reportBatches: readonly (ReportBatch | QueuedReportBatch)[]): Promise<void>;
};

/** A report batch that waits for a session of its account, held: nobody else gets it until its visibility ends. */
export type WaitingReportBatch = {
	readonly reportBatch: ReportBatch;
	readonly handle: string;
	readonly receives: number;
};

export type AccountQueueSource = {
	/** Waits up to 20 s for report batches, or until the signal; none is an ordinary answer. They are kept from others for so long. */
	receive(queueUrl: string, heldSeconds: number, signal: AbortSignal): Promise<readonly WaitingReportBatch[]>;
	/** Done with: they will not come again. */
	remove(queueUrl: string, handles: readonly string[]): Promise<void>;
	/** Keeps report batches from others for so long from now; 0 gives them back. One that is gone is passed over. */
	hold(queueUrl: string, handles: readonly string[], seconds: number): Promise<void>;
};

/** An entry that nobody could deal with, held: nobody else gets it until its visibility ends. */
export type DeadLetter = {
	/** When it was put into a queue last; where a queue itself moved it, that was before. */
	readonly deadSince: number;
	readonly handle: string;
};

export type DeadLetters<Letter extends DeadLetter> = {
	/** Some that nobody holds, held for ten minutes; none only where there are none. */
	receive(): Promise<readonly Letter[]>;
	remove(handles: readonly string[]): Promise<void>;
	/** Gives them back: they rest where they were. */
	release(handles: readonly string[]): Promise<void>;
};

/** A queue's entry as it is written. */
export type QueueEntry = {
	readonly body: string;
	/** Those that share one take turns with others; null where it has none. */
	readonly group: string | null;
};
export type DeadEntry = DeadLetter & QueueEntry & { readonly entryId: string };
export type DeadEntries = DeadLetters<DeadEntry>;

export type EntryQueue = { send(entries: readonly QueueEntry[]): Promise<void> };

/** A report batch that its client never confirmed. */
export type DeadReport = DeadLetter & {
	/** Null for what is no report batch. */
	readonly reportBatch: ReportBatch | null;
};
export type DeadReports = DeadLetters<DeadReport>;

/** What a process that asks for the probe of a failing server is told. */
export type ProbeClaim =
	/** It may call, once. */
	| { readonly kind: "granted" }
	/** The server answers again. */
	| { readonly kind: "closed" }
	/** Nobody else may call until then; whether because somebody is calling. */
	| { readonly kind: "open"; readonly until: number; readonly probing: boolean };

/** What the processes tell each other of servers that keep failing, so that one of them calls such a server at a time. */
export type CircuitBreakerStore = {
	/** Nobody calls this account's server until then, then one at a time, until somebody finds it sound. */
	open(userName: string, until: number): Promise<void>;
	/** @param until how long the probe takes at most. */
	claim(userName: string, now: number, until: number): Promise<ProbeClaim>;
	close(userName: string): Promise<void>;
};

/** What a client's server answered, as far as it was read. */
export type WebhookAnswer =
	| { readonly kind: "answered"; readonly status: number; readonly body: string; readonly retryAfter: string | null }
	/** It refused the connection, took too long, or is an address that may not be called. */
	| { readonly kind: "failed"; readonly reason: string };

export type Webhooks = {
	post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<WebhookAnswer>;
};

/** Which process has what there is only so much of: a bind lease of an operator's, a session of an account's. */
export type LeaseStore = {
	/** Takes a lease, or keeps it, until then; false where another holder has it past `now`. */
	hold(lease: string, holder: string, now: number, until: number): Promise<boolean>;
	/** Lets others have it at once; nothing where it is not this holder's any more. */
	release(lease: string, holder: string): Promise<void>;
	/** Who has each of these, past `now`; those that nobody has are left out. */
	holders(leases: readonly string[], now: number): Promise<ReadonlyMap<string, string>>;
};

/** Which operators are not to be sent to for now, by somebody's order. */
export type OperatorSwitches = {
	paused(): Promise<ReadonlySet<Operator>>;
	/** Nothing is submitted to it from the tasks' next look on, until it is resumed. One that is paused stays so. */
	pause(operator: Operator): Promise<void>;
	resume(operator: Operator): Promise<void>;
};

/** Metrics for whoever watches, told now and then. `of` is the value of the metric's dimension, where it has one (`domain/metrics.ts`). */
export type Metrics = {
	/** So many more of what is counted. */
	count(name: CountName, by: number, of?: string): void;
	/** One measurement of what is measured. */
	measure(name: MeasureName, value: number, of?: string): void;
};

/** Milliseconds since 1970. */
export type Clock = () => number;

/** Log events are `noun.past`; fields never hold a secret or a message's text. */
export type Log = {
	info(event: string, fields?: Readonly<Record<string, unknown>>): void;
	warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
	error(event: string, fields?: Readonly<Record<string, unknown>>): void;
};
