import { setTimeout as sleep } from "node:timers/promises";
import { type BackOff, backOffMs } from "#shared/domain/time/back-off.ts";
import type { SessionLog } from "#smpp/session/connection.ts";
import { type Session, unbindWithin } from "#smpp/session/session.ts";
import { defaultSessionLimits, type SessionLimits } from "#smpp/session/session-limits.ts";
import type { Tlv } from "#smpp/wire/pdu.ts";
import { type BindAttempt, type BindHooks, bindOnce, type SmscLogin } from "./bind-once.ts";
import { type SubmitOutcome, type SubmitSm, submitOutcome } from "./submit-outcome.ts";

export type BindLimits = SessionLimits & {
	readonly connectMs: number;
	/** Limit of a stop: four fifths are for answers, the rest is for the unbind. */
	readonly drainMs: number;
	readonly backOff: BackOff;
	/** After a bind of at least this long, or one that was of use, the back-off starts over. */
	readonly stableMs: number;
};

export const defaultBindLimits: BindLimits = {
	...defaultSessionLimits,
	connectMs: 10_000,
	drainMs: 10_000,
	backOff: { firstMs: 250, maxMs: 30_000 },
	stableMs: 30_000,
};

export type Bind = {
	readonly bound: boolean;
	/** Never rejects. The caller keeps to rate and window. */
	submit(fields: SubmitSm, tlvs?: readonly Tlv[]): Promise<SubmitOutcome>;
	/** Sends no more on the present connection, waits for its answers, and replaces it. */
	renew(reason: string): void;
	/** Waits for answers, unbinds and closes. Resolves within this limit; the default is `drainMs`. */
	stop(withinMs?: number): Promise<void>;
};

const drainShare = 0.8;

/** What a connection did. */
type Carried = { hasAccepted: boolean; hasDelivered: boolean; isRenewed: boolean };

const nothingCarried: Carried = { hasAccepted: false, hasDelivered: false, isRenewed: false };

/** Deliveries on a renewed connection do not count: an SMSC that accepts no submit may still deliver at each bind. */
const wasOfUse = ({ hasAccepted, hasDelivered, isRenewed }: Carried) => hasAccepted || (hasDelivered && !isRenewed);

type KeepOptions = Omit<BindAttempt, "address" | "limits" | "stop"> & {
	readonly limits: BindLimits;
	readonly chance: () => number;
};

/** Keeps one session to an SMSC. A connection that fails is replaced after a back-off, by one to the next host. */
function keepSession(options: KeepOptions): Bind {
	const { smsc, limits, chance } = options;
	const hosts = [smsc, ...(smsc.standby_hosts ?? []).map((standby) => ({ ...smsc, ...standby }))];
	const stopping = new AbortController();
	let session: Session | undefined;
	let carried = { ...nothingCarried };

	const hooks: BindHooks = {
		...options.hooks,
		async onDeliver(pdu) {
			carried.hasDelivered = true;
			return await options.hooks.onDeliver(pdu);
		},
	};

	function onSession(next: Session): void {
		session = next;
		carried = { ...nothingCarried };
		if (stopping.signal.aborted) next.close("stopped");
	}

	async function keep(): Promise<void> {
		let failures = 0;
		while (!stopping.signal.aborted) {
			const address = hosts[failures % hosts.length] ?? smsc;
			const { reason, upMs } = await bindOnce({ ...options, hooks, address, stop: stopping.signal }, onSession);
			const { host, port } = address;
			failures = upMs >= limits.stableMs || (upMs > 0 && wasOfUse(carried)) ? 0 : failures + 1;
			const rounds = Math.max(1, Math.ceil(failures / hosts.length));
			const afterMs = backOffMs(limits.backOff, rounds, chance());
			hooks.log("bind.down", { host, port, reason, afterMs: Math.round(afterMs) });
			await sleep(afterMs, undefined, { signal: stopping.signal }).catch(() => undefined);
		}
	}

	const keeping = keep();
	return {
		get bound() {
			return session?.boundAs !== undefined;
		},
		async submit(fields, tlvs = []) {
			if (session?.boundAs === undefined) return { kind: "unsent" };
			const outcome = submitOutcome(await requestSubmit(session, fields, tlvs, hooks.log), smsc.statuses);
			if (outcome.kind === "accepted") carried.hasAccepted = true;
			return outcome;
		},
		renew(reason) {
			if (session?.boundAs === undefined) return;
			hooks.log("bind.renewed", { reason });
			carried.isRenewed = true;
			const drainMs = limits.answerMs;
			void unbindWithin(session, reason, { withinMs: drainMs / drainShare, drainMs });
		},
		async stop(withinMs = limits.drainMs) {
			stopping.abort();
			if (session?.boundAs === undefined) session?.close("stopped");
			else await unbindWithin(session, "stopped", { withinMs, drainMs: withinMs * drainShare });
			await keeping;
		},
	};
}

async function requestSubmit(session: Session, fields: SubmitSm, tlvs: readonly Tlv[], log: SessionLog) {
	const outcome = await session.request({ command: "submit_sm", fields, tlvs });
	if (outcome.kind === "unencodable") log("submit.unencodable", { reason: outcome.reason });
	return outcome;
}

/**
 * Keeps one bind to an SMSC: a transceiver, or a transmitter and a receiver. A pair is up while its transmitter is.
 * @param chance gives numbers from 0 to 1.
 */
export function keepBind(
	smsc: SmscLogin,
	hooks: BindHooks,
	limits: BindLimits = defaultBindLimits,
	chance: () => number = Math.random,
): Bind {
	const shared = { smsc, hooks, limits, chance };
	if (smsc.bind?.sessions !== "separate") return keepSession({ ...shared, command: "bind_transceiver" });
	const unseen = { onUp: () => undefined, onDown: () => undefined };
	const receiver = keepSession({ ...shared, hooks: { ...hooks, ...unseen }, command: "bind_receiver" });
	const transmitter = keepSession({ ...shared, command: "bind_transmitter" });
	return {
		get bound() {
			return transmitter.bound;
		},
		submit: transmitter.submit,
		renew: transmitter.renew,
		async stop(withinMs) {
			await Promise.all([transmitter.stop(withinMs), receiver.stop(withinMs)]);
		},
	};
}
