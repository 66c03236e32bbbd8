import { isIP, connect as netConnect, type Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";

export type SmscAddress = {
	readonly host: string;
	readonly port: number;
	/** The certificate is checked against the host name; `ca` is for an SMSC with its own authority. */
	readonly tls?: { readonly ca?: string };
};

export type Connected =
	| { readonly kind: "connected"; readonly socket: Socket }
	| { readonly kind: "unreachable"; readonly reason: string };

function dial({ host, port, tls }: SmscAddress): { socket: Socket; readyEvent: "connect" | "secureConnect" } {
	if (tls === undefined) return { socket: netConnect({ host, port }), readyEvent: "connect" };
	const servername = isIP(host) === 0 ? { servername: host } : {};
	return { socket: tlsConnect({ host, port, ...tls, ...servername }), readyEvent: "secureConnect" };
}

/** A connection that is ready for a bind, or why there is none. Never rejects, and leaves no socket open. */
export function connectSmsc(address: SmscAddress, limitMs: number, stop: AbortSignal): Promise<Connected> {
	const { promise, resolve } = Promise.withResolvers<Connected>();
	const { socket, readyEvent } = dial(address);
	const giveUp = (reason: string) => {
		socket.destroy();
		resolve({ kind: "unreachable", reason });
	};
	const onError = (error: Error) => giveUp(error.message || error.name);
	const onStop = () => giveUp("stopped");
	const timer = setTimeout(giveUp, limitMs, "no connection in time");
	socket.on("error", onError);
	socket.once(readyEvent, () => {
		socket.off("error", onError);
		resolve({ kind: "connected", socket });
	});
	if (stop.aborted) onStop();
	stop.addEventListener("abort", onStop);
	return promise.finally(() => {
		clearTimeout(timer);
		stop.removeEventListener("abort", onStop);
	});
}
