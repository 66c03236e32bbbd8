import { timingSafeEqual } from "node:crypto";

/** The local stack's own access key, which allows everything: it creates the resources, and tests read the engines with it. */
export const localStackKey = "local";

/** Has no role, so it may do nothing. */
const stranger = "stranger";

/**
 * A caller's access key. With a secret of the run, only a process that knows it can make one: whatever else runs on the machine
 * reaches the engines too.
 */
export function accessKeyOf(caller: string, secret: string | undefined): string {
	return secret === undefined ? caller : `${caller}.${secret}`;
}

/**
 * The caller whose access key signed a call. The signature is not checked. Without a secret, unsigned calls are the local stack's: the
 * SDK signs all.
 */
export function callerOf(authorization: string | undefined, secret?: string): string {
	const key = /Credential=([^/,\s]+)\//.exec(authorization ?? "")?.[1];
	if (secret === undefined) return key ?? localStackKey;
	const end = Buffer.from(accessKeyOf("", secret));
	const given = Buffer.from(key ?? "");
	const isKnown = given.length > end.length && timingSafeEqual(given.subarray(-end.length), end);
	return isKnown ? given.subarray(0, -end.length).toString() : stranger;
}

/** The Authorization header of a call. It has no real signature: the engines check the access key only. */
export function authorizationOf(key: string, region: string, service: string): string {
	const scope = `${key}/20240101/${region}/${service}/aws4_request`;
	return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
}
