import { isFinal } from "#shared/domain/message/statuses.ts";
import type { Failures } from "./failures.ts";
import type { Holders } from "./holders.ts";
import type { MessageMirror } from "./message-mirror.ts";

/** The promises made to clients. From its promise on, a message has a holder until it ends, and its row stays. */
export type Promises = {
	/** A client received the confirmation that a message was accepted. */
	add(messageId: number, how: string): void;
	has(messageId: number): boolean;
	/** The time of the first confirmation. */
	promisedAt(messageId: number): number;
	all(): Iterable<number>;
	/** A client received the confirmation that a message is withdrawn. */
	withdrawn(messageId: number): void;
	isWithdrawn(messageId: number): boolean;
	/** A message lost its last holder. */
	released(messageId: number, why: string): void;
	/** The row of a message was deleted. */
	deleted(messageId: number): void;
	/** The stage is lost: promises are not checked until it is restored. */
	lose(): void;
	/** The stage is restored: each promise is checked. */
	restored(): void;
};

type Deps = {
	readonly now: () => number;
	readonly mirror: MessageMirror;
	readonly failures: Failures;
	readonly holders: () => Holders;
};

export function promises({ now, mirror, failures, holders }: Deps): Promises {
	const sources = new Map<number, string>();
	const promisedAt = new Map<number, number>();
	const withdrawn = new Set<number>();
	let isLost = false;

	function check(messageId: number, what: string): void {
		if (isLost) return;
		const row = mirror.row(messageId);
		if (row === undefined) failures.add("lost", `${messageId} ${what}, and there is no such row`, messageId);
		else if (!isFinal(row.status) && holders().of(messageId) === 0) {
			failures.add("holder", `${messageId} is ${row.status}: ${what}, and it has no holder`, messageId);
		}
	}

	return {
		add(messageId, how) {
			if (!sources.has(messageId)) {
				sources.set(messageId, how);
				promisedAt.set(messageId, now());
			}
			check(messageId, `was promised by ${how}`);
		},
		has: (messageId) => sources.has(messageId),
		promisedAt: (messageId) => promisedAt.get(messageId) ?? 0,
		all: () => sources.keys(),
		lose() {
			isLost = true;
		},
		restored() {
			isLost = false;
			for (const [messageId, how] of sources) check(messageId, `was promised by ${how} and restored`);
		},
		withdrawn: (messageId) => void withdrawn.add(messageId),
		isWithdrawn: (messageId) => withdrawn.has(messageId),
		released(messageId, why) {
			if (sources.has(messageId)) check(messageId, `was promised by ${sources.get(messageId)}; ${why}`);
		},
		deleted(messageId) {
			const how = sources.get(messageId);
			if (how !== undefined)
				failures.add("lost", `${messageId} was promised by ${how}, and its row was deleted`, messageId);
		},
	};
}
