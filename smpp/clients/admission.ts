import type { Account } from "#shared/domain/account.ts";
import type { Doorkeeper, LogInOutcome } from "#shared/usecases/log-in.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { type BindSeat, type BindSeats, tooMany } from "./bind-seats.ts";
import { whyNotBound } from "./may-bind.ts";

export type Admitted =
	| { readonly kind: "admitted"; readonly seat: BindSeat }
	/** `reason` is for our log: the peer learns the status only. */
	| { readonly kind: "refused"; readonly command_status: number; readonly reason: string };

export type Admission = (login: { system_id: string; password: string }, address: string) => Promise<Admitted>;

const { ESME_RBINDFAIL, ESME_RINVPASWD, ESME_RSYSERR, ESME_RTHROTTLED } = commandStatuses;

/** Who is not let in by name and password, whom REST would answer 401, 429 and 503. */
const strangers = {
	unknown: { command_status: ESME_RINVPASWD, reason: "wrong name or password" },
	slowed: { command_status: ESME_RTHROTTLED, reason: "too many wrong passwords" },
	busy: { command_status: ESME_RSYSERR, reason: "too many passwords to verify" },
} as const satisfies Record<Exclude<LogInOutcome["kind"], "known">, { command_status: number; reason: string }>;

const failed = (reason: string): Admitted => ({ kind: "refused", command_status: ESME_RBINDFAIL, reason });

/** Lets a client bind by its account's name and password, from its networks, as often as it may. What is wrong is not told before the password is right. */
export function admission(logIn: Doorkeeper, seats: BindSeats): Admission {
	return async ({ system_id, password }, address) => {
		const outcome = await logIn(system_id, password, address);
		if (outcome.kind !== "known") return { kind: "refused", ...strangers[outcome.kind] };
		return await seat(outcome.account, address, seats);
	};
}

async function seat(account: Account, address: string, seats: BindSeats): Promise<Admitted> {
	const why = whyNotBound(account, address);
	if (why !== null) return failed(why);
	const taken = await seats.take(account, address);
	return taken === null ? failed(tooMany(account.smpp?.bindsMax ?? 0)) : { kind: "admitted", seat: taken };
}
