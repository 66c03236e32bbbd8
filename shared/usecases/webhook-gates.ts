import {
	admission,
	begun,
	type CallEnd,
	type Circuit,
	ended,
	isShut,
	learnt,
	probed,
	soundCircuit,
} from "../domain/circuit.ts";
import type { CircuitStore, Clock } from "../ports.ts";

/** Leave to call a server once. Whoever has it must say how the call ended. */
export type Leave = { ended(end: CallEnd): Promise<void> };

/** In front of every call to a client's server. */
export type WebhookGates = {
	enter(userName: string): Promise<Leave | KeptOut>;
};

export type KeptOut =
	/** The account's server keeps failing, and is left alone. */
	| "shut"
	/** Somebody is finding out whether it answers again. */
	| "probing"
	/** As many calls as may be are under way, and none has ended in good time. */
	| "crowded";

/** How long one waits for another's call to end: a server that answers has done so by then; one that hangs is to hold up nobody. */
const patienceMs = 1_000;

export type GateDeps = {
	readonly circuits: CircuitStore;
	readonly now: Clock;
	readonly pause: (ms: number) => Promise<unknown>;
};

/**
 * The gates of this process. A server that answers costs no call to the store: only when one has failed too often do the
 * processes tell each other, and one of them at a time probes it.
 */
export function webhookGates({ circuits, now, pause }: GateDeps): WebhookGates {
	const book = circuitBook();

	function leave(userName: string, isProbe: boolean): Leave {
		book.change(userName, begun(book.of(userName)));
		return {
			async ended(end) {
				const before = book.of(userName);
				const after = ended(before, now(), end);
				book.change(userName, after);
				if (end.kind === "confirmed" && isShut(before)) await circuits.sound(userName);
				if (isShut(after) && (isProbe || !isShut(before))) await circuits.shut(userName, after.shutUntil);
			},
		};
	}

	/** Null: what was learnt decides now. */
	async function ask(userName: string): Promise<Leave | null> {
		const asking = probed(book.of(userName), now());
		book.change(userName, asking);
		const claim = await circuits.claim(userName, now(), asking.shutUntil);
		if (claim.kind === "yours") return leave(userName, true);
		const current = book.of(userName);
		const sound = { ...soundCircuit, underWay: current.underWay };
		book.change(userName, claim.kind === "sound" ? sound : learnt(current, now(), claim));
		return null;
	}

	/** Null: look again. */
	async function turn(userName: string, patience: () => Promise<unknown>): Promise<Leave | KeptOut | null> {
		const verdict = admission(book.of(userName), now());
		switch (verdict) {
			case "post":
				return leave(userName, false);
			case "ask":
				return await ask(userName);
			case "queue":
				return (await isFirst(book.nextChange(userName), patience())) ? null : "crowded";
			default:
				return verdict;
		}
	}

	return {
		async enter(userName) {
			let started: Promise<unknown> | undefined;
			const patience = () => {
				started ??= pause(patienceMs);
				return started;
			};
			for (;;) {
				const entered = await turn(userName, patience);
				if (entered !== null) return entered;
			}
		},
	};
}

async function isFirst(one: Promise<unknown>, other: Promise<unknown>): Promise<boolean> {
	return await Promise.race([one.then(() => true), other.then(() => false)]);
}

/** This process's circuits by account: of sound servers only while a call is under way. */
function circuitBook() {
	const known = new Map<string, Circuit>();
	const waiting = new Map<string, PromiseWithResolvers<void>>();
	return {
		of: (userName: string) => known.get(userName) ?? soundCircuit,
		change(userName: string, circuit: Circuit): void {
			if (circuit.failures === 0 && circuit.underWay === 0) known.delete(userName);
			else known.set(userName, circuit);
			waiting.get(userName)?.resolve();
			waiting.delete(userName);
		},
		async nextChange(userName: string): Promise<void> {
			const next = waiting.get(userName) ?? Promise.withResolvers<void>();
			waiting.set(userName, next);
			await next.promise;
		},
	};
}
