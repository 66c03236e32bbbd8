import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import type { GatewayCheckDeps } from "./gateway-checks.ts";

const timeLimitMs = 5_000;

/** Connects and closes. A certificate must be valid for the host, as for reports. */
export const connectTo: GatewayCheckDeps["connect"] = async (url) => {
	const { protocol, hostname, port } = new URL(url);
	const host = hostname.replace(/^\[|\]$/g, "");
	const isTls = protocol === "https:";
	const options = { host, port: Number(port || (isTls ? 443 : 80)) };
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const socket = isTls ? connectTls({ ...options, servername: host }, resolve) : connectTcp(options, resolve);
	socket.setTimeout(timeLimitMs, () => reject(new Error(`no connection in ${timeLimitMs / 1_000} s`)));
	socket.on("error", reject);
	await promise.finally(() => socket.destroy());
};
