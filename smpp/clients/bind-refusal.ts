import type { Account } from "#shared/domain/accounts/account.ts";
import { isWithin } from "./allowed-network.ts";

/** Why a client may not be bound to an account from an address, at its bind and ever after; null where it may. For our log. */
export function bindRefusalReason({ disabled, smpp }: Account, address: string): string | null {
	if (disabled || smpp === null) return "the account may not bind";
	return isWithin(smpp.networks, address) ? null : "not from one of its networks";
}
