import type { Account } from "#shared/domain/accounts/account.ts";
import type { AuthenticationOutcome, Authenticator } from "#shared/usecases/accounts/authenticate.ts";
import type { FieldsOf } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { bindRefusalReason } from "./bind-refusal.ts";
import { type SessionClaim, type SessionLease, tooManyBinds } from "./session-lease.ts";
import type { SessionLeases } from "./session-leases.ts";

export type BindAdmissionOutcome =
	| { readonly kind: "admitted"; readonly sessionLease: SessionLease }
	| { readonly kind: "refused"; readonly command_status: number; readonly reason: string };

type BindFields = FieldsOf["bind_transceiver"];

export type BindAdmission = (
	fields: Pick<BindFields, "system_id" | "password" | "system_type" | "address_range">,
	client: SessionClaim,
) => Promise<BindAdmissionOutcome>;

const { ESME_RBINDFAIL, ESME_RINVPASWD, ESME_RINVSYSTYP, ESME_RSYSERR, ESME_RTHROTTLED } = commandStatuses;

/** The room of these fields without their NUL (section 4.1). Name and password may be longer, as over REST. */
const lengthsMax = [
	{ field: "system_type", max: 12, command_status: ESME_RINVSYSTYP },
	{ field: "address_range", max: 40, command_status: ESME_RBINDFAIL },
] as const;

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
 * Checks the form of the fields, verifies password, then network, and takes a session lease. Until the password is
 * verified, no reason tells anything of the account.
 */
export function bindAdmission(authenticate: Authenticator, sessionLeases: SessionLeases): BindAdmission {
	return async (fields, client) => {
		const tooLong = lengthsMax.find(({ field, max }) => fields[field].length > max);
		if (tooLong !== undefined) {
			const { field, max, command_status } = tooLong;
			return { kind: "refused", command_status, reason: `${field} has more than ${max} characters` };
		}
		const { system_id, password } = fields;
		const outcome = await authenticate(system_id, password, client.address);
		if (outcome.kind !== "known") return { kind: "refused", ...loginRefusals[outcome.kind] };
		return await sessionLease(outcome.account, client, sessionLeases);
	};
}

async function sessionLease(
	account: Account,
	client: SessionClaim,
	sessionLeases: SessionLeases,
): Promise<BindAdmissionOutcome> {
	const why = bindRefusalReason(account, client.address);
	if (why !== null) return bindFailed(why);
	const taken = await sessionLeases.take(account, client);
	return taken === null
		? bindFailed(tooManyBinds(account.smpp?.bindsMax ?? 0))
		: { kind: "admitted", sessionLease: taken };
}
