import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { plainAddress } from "./allowed-network.ts";
import { type ClientDeps, type ClientSession, serveClient } from "./client-session.ts";
import { type ConnectionLimits, type DoorSettings, openDoor, turnstile, usualConnectionLimits } from "./open-door.ts";

export type ClientsOptions = ClientDeps & {
	readonly doors: readonly DoorSettings[];
	readonly connections?: ConnectionLimits;
};

export type Clients = {
	/** In the order of the doors. */
	readonly ports: readonly number[];
	/** How many are connected. */
	readonly sessions: number;
	/** Lets nobody in any more, unbinds all, and resolves when what they sent is safe or refused. */
	stop(withinMs: number): Promise<void>;
};

/** Opens the doors to clients, and serves whoever comes in until it is stopped (R5, A47). */
export async function openClients(options: ClientsOptions): Promise<Clients> {
	const { doors, connections = usualConnectionLimits, ...deps } = options;
	const counting = turnstile(connections);
	const sessions = new Set<ClientSession>();

	function serve(socket: Socket): void {
		if (socket.destroyed) return;
		const session = serveClient(socket, plainAddress(socket.remoteAddress ?? ""), deps);
		sessions.add(session);
		void session.ended.finally(() => sessions.delete(session));
	}

	const open = await Promise.all(doors.map(async (door) => await openDoor(door, counting, deps.log, serve)));
	return {
		ports: open.map(({ port }) => port),
		get sessions() {
			return sessions.size;
		},
		async stop(withinMs) {
			const closed = open.map(async (door) => await door.close());
			/* What is on its way to a client may still be answered while its line is up. */
			await Promise.race([deps.receivers.stop(), sleep(withinMs / 3)]);
			const own = [...sessions];
			await Promise.all(own.map(async (session) => await session.stop(withinMs / 2)));
			await Promise.all(own.map(async ({ ended }) => await ended));
			await deps.intake.drained();
			await Promise.all(closed);
		},
	};
}
