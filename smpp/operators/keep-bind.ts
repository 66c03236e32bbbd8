import { setTimeout as sleep } from "node:timers/promises";
import { type BackOff, backOffMs } from "#shared/domain/time/back-off.ts";
import type { SessionLog } from "#smpp/session/connection.ts";
import type { SmppResponse } from "#smpp/session/incoming-requests.ts";
import { openSession, type Session, unbindWithin } from "#smpp/session/session.ts";
import { defaultSessionLimits, type SessionLimits } from "#smpp/session/session-limits.ts";
import type { Pdu, RequestPdu, Tlv } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { smppVersion } from "#smpp/wire/version.ts";
import { connectSmsc, type SmscAddress } from "./connect-smsc.ts";
import { type SubmitOutcome, type SubmitSm, submitOutcome } from "./submit-outcome.ts";

export type SmscLogin = SmscAddress & { readonly system_id: string; readonly password: string };

export type BindHooks = {
	onUp(): void;
	/** The bind is gone. All its submits have an outcome, or are about to. */
	onDown(reason: string): void;
	/**
	 * Gets a receipt or an MO message. Resolves with the command_status to answer. If it rejects, the bind answers
	 * ESME_RX_T_APPN, and the SMSC sends the PDU again.
	 */
	onDeliver(pdu: Pdu<"deliver_sm">): Promise<number>;
	readonly log: SessionLog;
};

export type BindLimits = SessionLimits & {
	readonly connectMs: number;
	/** Limit of a stop: four fifths are for answers, the rest is for the unbind. */
	readonly drainMs: number;
	readonly backOff: BackOff;
	/** After a bind of at least this long, the back-off starts over. */
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
	/** Waits for answers, unbinds and closes. Resolves within this limit; the default is `drainMs`. */
	stop(withinMs?: number): Promise<void>;
};

async function answerDeliverSm(pdu: RequestPdu, hooks: BindHooks): Promise<SmppResponse> {
	if (pdu.command !== "deliver_sm") return { command_status: commandStatuses.ESME_RINVCMDID };
	try {
		return { command_status: await hooks.onDeliver(pdu) };
	} catch (error) {
		hooks.log("deliver_sm.handler_failed", { error });
		return { command_status: commandStatuses.ESME_RX_T_APPN };
	}
}

type BindAttempt = {
	readonly smsc: SmscLogin;
	readonly hooks: BindHooks;
	readonly limits: BindLimits;
	readonly stop: AbortSignal;
};

/** Connects and binds once. Resolves when the bind has ended. */
async function bindOnce(
	attempt: BindAttempt,
	onSession: (session: Session) => void,
): Promise<{ reason: string; upMs: number }> {
	const { smsc, hooks, limits, stop } = attempt;
	const connected = await connectSmsc(smsc, limits.connectMs, stop);
	if (connected.kind === "unreachable") return { reason: connected.reason, upMs: 0 };
	let upSince: number | undefined;
	const session = openSession(connected.socket, {
		side: "esme",
		limits,
		serve: (pdu) => answerDeliverSm(pdu, hooks),
		onBound() {
			upSince = performance.now();
			hooks.log("bind.up", { host: smsc.host, port: smsc.port });
			hooks.onUp();
		},
		log: hooks.log,
		now: () => performance.now(),
	});
	onSession(session);
	const { system_id, password } = smsc;
	const fields = { system_id, password, interface_version: smppVersion };
	const outcome = await session.request({ command: "bind_transceiver", fields });
	if (outcome.kind === "answered" && outcome.response.command_status !== commandStatuses.ESME_ROK) {
		session.close(`bind refused with command_status ${outcome.response.command_status}`);
	} else if (session.boundAs === undefined) session.close(`bind ${outcome.kind}`);
	const reason = await session.ended;
	if (upSince === undefined) return { reason, upMs: 0 };
	hooks.onDown(reason);
	return { reason, upMs: performance.now() - upSince };
}

const drainShare = 0.8;

/**
 * Keeps one bind_transceiver to an SMSC. A connection that fails is replaced after a back-off.
 * @param chance gives numbers from 0 to 1.
 */
export function keepBind(
	smsc: SmscLogin,
	hooks: BindHooks,
	limits: BindLimits = defaultBindLimits,
	chance: () => number = Math.random,
): Bind {
	const stopping = new AbortController();
	let session: Session | undefined;

	function onSession(next: Session): void {
		session = next;
		if (stopping.signal.aborted) next.close("stopped");
	}

	async function keep(): Promise<void> {
		let failures = 0;
		while (!stopping.signal.aborted) {
			const { reason, upMs } = await bindOnce({ smsc, hooks, limits, stop: stopping.signal }, onSession);
			failures = upMs >= limits.stableMs ? 1 : failures + 1;
			const afterMs = backOffMs(limits.backOff, failures, chance());
			hooks.log("bind.down", { host: smsc.host, port: smsc.port, reason, afterMs: Math.round(afterMs) });
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
			const outcome = await session.request({ command: "submit_sm", fields, tlvs });
			if (outcome.kind === "unencodable") hooks.log("submit.unencodable", { reason: outcome.reason });
			return submitOutcome(outcome);
		},
		async stop(withinMs = limits.drainMs) {
			stopping.abort();
			if (session?.boundAs === undefined) session?.close("stopped");
			else await unbindWithin(session, "stopped", { withinMs, drainMs: withinMs * drainShare });
			await keeping;
		},
	};
}
