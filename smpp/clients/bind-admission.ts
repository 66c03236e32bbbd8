import type { Account } from "#shared/domain/accounts/account.ts";
import type { AuthenticationOutcome, Authenticator } from "#shared/usecases/accounts/authenticate.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { bindRefusalReason } from "./bind-refusal.ts";
import { type SessionLease, type SessionLeases, tooManyBinds } from "./session-leases.ts";

export type BindAdmissionOutcome =
	| { readonly kind: "admitted"; readonly sessionLease: SessionLease }
	| { readonly kind: "refused"; readonly command_status: number; readonly reason: string };

export type BindAdmission = (
	login: { system_id: string; password: string },
	address: string,
) => Promise<BindAdmissionOutcome>;

const { ESME_RBINDFAIL, ESME_RINVPASWD, ESME_RSYSERR, ESME_RTHROTTLED } = commandStatuses;

/** REST answers the same cases with 401, 429 and 503. */
const loginRefusals = {
	unknown: { command_status: ESME_RINVPASWD, reason: "wrong name or password" },
	slowed: { command_status: ESME_RTHROTTLED, reason: "too many wrong passwords" },
	busy: { command_status: ESME_RSYSERR, reason: "too many passwords to verify" },
} as const satisfies Record<
	Exclude<AuthenticationOutcome["kind"], "known">,
	{ command_status: number; reason: string }
>;

const bindFailed = (reason: string): BindAdmissionOutcome => ({
	kind: "refused",
	command_status: ESME_RBINDFAIL,
	reason,
});

/**
 * Verifies password, then network, and takes a session lease. No other reason is given before the password is verified.
 */
export function bindAdmission(authenticate: Authenticator, sessionLeases: SessionLeases): BindAdmission {
	return async ({ system_id, password }, address) => {
		const outcome = await authenticate(system_id, password, address);
		if (outcome.kind !== "known") return { kind: "refused", ...loginRefusals[outcome.kind] };
		return await sessionLease(outcome.account, address, sessionLeases);
	};
}

async function sessionLease(
	account: Account,
	address: string,
	sessionLeases: SessionLeases,
): Promise<BindAdmissionOutcome> {
	const why = bindRefusalReason(account, address);
	if (why !== null) return bindFailed(why);
	const taken = await sessionLeases.take(account, address);
	return taken === null
		? bindFailed(tooManyBinds(account.smpp?.bindsMax ?? 0))
		: { kind: "admitted", sessionLease: taken };
}
