import { type LookupAddress, lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { isPublicAddress } from "./public-addresses.ts";

export type Resolve = (host: string, done: (error: Error | null, addresses: readonly LookupAddress[]) => void) => void;

const systemResolve: Resolve = (host, done) =>
	lookup(host, { all: true }, (error, addresses) => done(error, error ? [] : addresses));

/**
 * A lookup that refuses names with any address that is not public. The connection uses the addresses that were checked, so a name
 * that resolves differently a moment later does no harm.
 */
export function publicLookup(resolve: Resolve = systemResolve): LookupFunction {
	return (host, options, done) => {
		resolve(host, (error, addresses) => {
			const [first] = addresses;
			if (error || first === undefined) return done(error ?? new Error("no address"), []);
			if (!addresses.every(({ address }) => isPublicAddress(address)))
				return done(new Error("not a public address"), []);
			return options.all ? done(null, [...addresses]) : done(null, first.address, first.family);
		});
	};
}
