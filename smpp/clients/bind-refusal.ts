import type { Account } from "#shared/domain/accounts/account.ts";
import { isWithin } from "./allowed-network.ts";

/** Why an account may not be bound from this address, for our log; null if it may. */
export function bindRefusalReason({ disabled, smpp }: Account, address: string): string | null {
	if (disabled || smpp === null) return "the account may not bind";
	return isWithin(smpp.networks, address) ? null : "the address is not in the account's networks";
}
