import type { Message } from "../../domain/message/message.ts";
import { isFinal } from "../../domain/message/statuses.ts";
import type { Log } from "../../log.ts";
import type { WantedChange } from "./message-store.ts";

type MessageLog = Pick<Log, "info">;

/** Fields that a log line has once for all its messages. */
type Shared = Readonly<Record<string, string | null>>;

/** Logs the messages of one call, in a line for each account and operator. */
export function logAccepted(log: MessageLog, messages: readonly Message[]): void {
	const sharedOf = ({ userName, operator }: Message) => ({ user_name: userName, operator });
	for (const { shared, own } of grouped(messages, sharedOf))
		log.info("messages.accepted", { ...shared, ...idsOf(own) });
}

/**
 * Logs what the changes of one call say of submits that an SMSC took, and of ends, in a line for each operator and outcome. `smsc_ids` has, in the
 * order of `message_ids`, those that the SMSC gave the segments of each message.
 */
export function logChanges(log: MessageLog, changes: readonly WantedChange[]): void {
	const submitted = changes.filter(hasNewSubmit).map(changed);
	const ended = changes.filter(({ change }) => change.status !== undefined && isFinal(change.status)).map(changed);
	for (const { shared, own } of grouped(submitted, ({ operator, status }) => ({ operator, status }))) {
		const smscIds = own.map(({ segments }) => segments.map(({ smscId }) => smscId));
		log.info("messages.submitted", { ...shared, ...idsOf(own), smsc_ids: smscIds });
	}
	for (const { shared, own } of grouped(ended, outcomeOf)) log.info("messages.ended", { ...shared, ...idsOf(own) });
}

const outcomeOf = ({ operator, status, errorCode }: Message) => ({ operator, status, error_code: errorCode });

function hasNewSubmit({ message, change }: WantedChange): boolean {
	if (change.status === "SENT") return true;
	const known = message.segments.map(({ smscId }) => smscId);
	return change.segments?.some(({ smscId }) => smscId !== "" && !known.includes(smscId)) ?? false;
}

const changed = ({ message, change }: WantedChange): Message => ({ ...message, ...change });

function grouped(messages: readonly Message[], sharedOf: (message: Message) => Shared) {
	const groups = Map.groupBy(messages, (message) => JSON.stringify(sharedOf(message)));
	return [...groups.values()].map((own) => ({ shared: knownOf(own.map(sharedOf)[0] ?? {}), own }));
}

function knownOf(shared: Shared): Shared {
	return Object.fromEntries(Object.entries(shared).filter(([, value]) => value !== null));
}

function idsOf(messages: readonly Message[]) {
	return { messages: messages.length, message_ids: messages.map(({ messageId }) => messageId) };
}
