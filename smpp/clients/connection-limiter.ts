import type { Socket } from "node:net";
import { neighbourhoodOf, networkOf } from "#shared/domain/accounts/login-throttling.ts";

/** Limits on open connections, over all listeners. Only those that have not bound count for `unbound`, and give way. */
export type ConnectionLimits = { readonly all: number; readonly perAddress: number; readonly unbound: number };

/** However many connections never bind, 1,500 places are left for sessions. */
export const defaultConnectionLimits: ConnectionLimits = { all: 2_000, perAddress: 100, unbound: 500 };

export type ConnectionLimiter = {
	/** False if the connection has no place. To make room, an older one that has not bound may be closed. */
	admit(socket: Socket): boolean;
	/** The client has bound: its connection keeps its place. Takes the TLS socket too. */
	bound(socket: Socket): void;
};

type Place = {
	readonly socket: Socket;
	readonly name: string;
	readonly address: string;
	readonly neighbourhood: string;
	hasLeft: boolean;
};

/**
 * When no place is left, the oldest unbound connection of the neighbourhood with the most of them is closed, so a flood
 * displaces itself (ADR 0075).
 */
export function connectionLimiter({ all, perAddress, unbound: unboundMax }: ConnectionLimits): ConnectionLimiter {
	const places = openPlaces();

	function makeRoom(address: string): boolean {
		const isCrowded = places.openOf(address) >= perAddress;
		if (!isCrowded && places.open < all && places.unbound.size < unboundMax) return true;
		const giving = isCrowded ? places.oldestUnboundOf(address) : places.oldestOfFullestNeighbourhood();
		if (giving === undefined) return false;
		places.leave(giving);
		giving.socket.destroy();
		return true;
	}

	return {
		admit(socket) {
			const remote = socket.remoteAddress ?? "";
			const [address, neighbourhood] = [networkOf(remote), neighbourhoodOf(remote)];
			if (!makeRoom(address)) return false;
			const place = { socket, name: nameOf(socket), address, neighbourhood, hasLeft: false };
			places.take(place);
			socket.once("close", () => places.leave(place));
			return true;
		},
		bound(socket) {
			const place = places.unbound.get(nameOf(socket));
			if (place !== undefined) places.keep(place);
		},
	};
}

function openPlaces() {
	const openByAddress = new Map<string, number>();
	/* Both in the order in which they came. */
	const unbound = new Map<string, Place>();
	const unboundByNeighbourhood = new Map<string, Set<Place>>();
	let open = 0;

	function keep(place: Place): void {
		unbound.delete(place.name);
		const neighbours = unboundByNeighbourhood.get(place.neighbourhood);
		neighbours?.delete(place);
		if (neighbours?.size === 0) unboundByNeighbourhood.delete(place.neighbourhood);
	}

	return {
		get open() {
			return open;
		},
		unbound: unbound as ReadonlyMap<string, Place>,
		openOf: (address: string) => openByAddress.get(address) ?? 0,
		take(place: Place): void {
			open += 1;
			openByAddress.set(place.address, (openByAddress.get(place.address) ?? 0) + 1);
			unbound.set(place.name, place);
			const neighbours = unboundByNeighbourhood.get(place.neighbourhood) ?? new Set();
			unboundByNeighbourhood.set(place.neighbourhood, neighbours.add(place));
		},
		keep,
		leave(place: Place): void {
			if (place.hasLeft) return;
			place.hasLeft = true;
			keep(place);
			open -= 1;
			const left = (openByAddress.get(place.address) ?? 1) - 1;
			if (left > 0) openByAddress.set(place.address, left);
			else openByAddress.delete(place.address);
		},
		oldestUnboundOf: (address: string) => [...unbound.values()].find((place) => place.address === address),
		oldestOfFullestNeighbourhood(): Place | undefined {
			const [first = new Set<Place>(), ...others] = unboundByNeighbourhood.values();
			const [oldest] = others.reduce((most, one) => (one.size > most.size ? one : most), first);
			return oldest;
		},
	};
}

/** The same for a TLS socket and the connection that it runs on. */
function nameOf({ remoteAddress, remotePort, localPort }: Socket): string {
	return `${remoteAddress} ${remotePort} ${localPort}`;
}
