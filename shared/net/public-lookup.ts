import { type LookupAddress, lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { isPublicAddress } from "./public-addresses.ts";

/** As `dns.lookup` gives all addresses of a name. */
export type Resolve = (host: string, done: (error: Error | null, addresses: readonly LookupAddress[]) => void) => void;

/** Where it fails, the system gives no list at all. */
const systemResolve: Resolve = (host, done) =>
	lookup(host, { all: true }, (error, addresses) => done(error, error ? [] : addresses));

/**
 * A lookup for connections, which gives the addresses of a name that are then connected to: so what was checked is what is called, and
 * a name that resolves differently a moment later leads nowhere else. A name with any address that is not public is refused.
 */
export function publicLookup(resolve: Resolve = systemResolve): LookupFunction {
	return (host, options, done) => {
		resolve(host, (error, addresses) => {
			const [first] = addresses;
			if (error || first === undefined) return done(error ?? new Error("no address"), []);
			if (!addresses.every(({ address }) => isPublicAddress(address))) return done(new Error("an address inside"), []);
			return options.all ? done(null, [...addresses]) : done(null, first.address, first.family);
		});
	};
}
