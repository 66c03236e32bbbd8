import type { LocalStackOptions } from "./local-stack-options.ts";
import { loopback } from "./wire/listen.ts";

/** The API's address for this machine. Clients may use another one. */
export function apiAddress(
	{ host = loopback, tls }: Pick<LocalStackOptions, "host" | "tls">,
	httpPort: number,
): string {
	const name = isAnyAddress(host) ? loopback : host.includes(":") ? `[${host}]` : host;
	return `${tls ? "https" : "http"}://${name}:${httpPort}`;
}

/** What clients know it by. */
export const publicUrlOf = (options: Pick<LocalStackOptions, "host" | "tls" | "publicUrl">, httpPort: number): string =>
	options.publicUrl ?? apiAddress(options, httpPort);

export const isAnyAddress = (host: string) => host === "0.0.0.0" || host === "::";
