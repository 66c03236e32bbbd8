import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { sampledLog } from "#shared/flow/sampled-log.ts";
import { plainAddress } from "./allowed-network.ts";
import { type ListenerSettings, openClientListener } from "./client-listener.ts";
import { type ClientDeps, type ClientSession, serveClient } from "./client-session.ts";
import { type ConnectionLimits, connectionLimiter, defaultConnectionLimits } from "./connection-limiter.ts";

export type ClientServerOptions = Omit<ClientDeps, "onBound" | "sampledLog"> & {
	readonly listeners: readonly ListenerSettings[];
	readonly connections?: ConnectionLimits;
};

export type ClientServer = {
	readonly ports: readonly number[];
	readonly sessions: number;
	/** Closes the listeners and unbinds all clients. Resolves when their messages are stored or refused. */
	stop(withinMs: number): Promise<void>;
};

/** Serves clients by SMPP (R5, A47). */
export async function openClientServer(options: ClientServerOptions): Promise<ClientServer> {
	const { listeners, connections = defaultConnectionLimits, ...given } = options;
	const deps = { ...given, sampledLog: sampledLog(given.log, () => performance.now()) };
	const limiter = connectionLimiter(connections);
	const sessions = new Set<ClientSession>();

	function serve(socket: Socket): void {
		if (socket.destroyed) return;
		const onBound = () => limiter.bound(socket);
		const session = serveClient(socket, plainAddress(socket.remoteAddress ?? ""), { ...deps, onBound });
		sessions.add(session);
		void session.ended.finally(() => sessions.delete(session));
	}

	const open = await Promise.all(
		listeners.map(async (listener) => await openClientListener(listener, limiter, deps.log, serve)),
	);
	return {
		ports: open.map(({ port }) => port),
		get sessions() {
			return sessions.size;
		},
		async stop(withinMs) {
			const closed = open.map(async (listener) => await listener.close());
			await Promise.race([deps.receivers.stop(), sleep(withinMs / 3)]);
			const own = [...sessions];
			await Promise.all(own.map(async (session) => await session.stop(withinMs / 2)));
			await Promise.all(own.map(async ({ ended }) => await ended));
			await deps.intake.drained();
			await Promise.all(closed);
		},
	};
}
