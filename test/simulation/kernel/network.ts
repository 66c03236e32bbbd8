import { EventEmitter } from "node:events";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { activeKernel, type Kernel } from "./kernel.ts";
import type { SimulatedProcess } from "./simulated-process.ts";

const require = createRequire(import.meta.url);

function here(): { readonly kernel: Kernel; readonly process: SimulatedProcess } {
	const kernel = activeKernel();
	if (kernel?.current === undefined) throw new Error("a socket is opened outside of a simulated process");
	return { kernel, process: kernel.current };
}

/** Latency of one direction, in milliseconds. */
const latencyMs = { least: 0.3, most: 4 };
function latency(kernel: Kernel, process: SimulatedProcess): number {
	return latencyMs.least + kernel.draws.number(process.name, "latency") * (latencyMs.most - latencyMs.least);
}

const reset = () => Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });

let portsTaken = 0;

/** One end of a TCP connection: the part of `net.Socket` that SMPP sessions use. */
export class SimulatedSocket extends EventEmitter {
	readonly owner: SimulatedProcess;
	readonly remoteAddress: string;
	readonly remotePort: number;
	/** Whether this end stays writable after the peer has ended its half. */
	allowHalfOpen = false;
	connecting: boolean;
	destroyed = false;
	writable = true;
	/** The peer reads everything at once: there is no back-pressure. */
	readonly writableLength = 0;
	#peer: SimulatedSocket | undefined;
	#arrivesAt = 0;
	#paused = false;
	#ended = false;
	#peerEnded = false;
	readonly #inbox: (Buffer | "end")[] = [];

	constructor(owner: SimulatedProcess, remoteAddress: string, connecting: boolean) {
		super();
		this.owner = owner;
		this.remoteAddress = remoteAddress;
		portsTaken += 1;
		this.remotePort = portsTaken;
		this.connecting = connecting;
		const dies = () => {
			this.destroyed = true;
			this.#peer?.arrive((peer) => peer.reset());
		};
		owner.onDeath.add(dies);
		this.once("close", () => owner.onDeath.delete(dies));
	}

	join(peer: SimulatedSocket): void {
		this.#peer = peer;
		this.connecting = false;
	}

	/** Runs a function at this end, after all data under way to it. */
	arrive(what: (socket: SimulatedSocket) => void): void {
		const kernel = activeKernel();
		if (kernel === undefined) return;
		this.#arrivesAt = Math.max(this.#arrivesAt, kernel.now + latency(kernel, this.owner));
		kernel.at(this.#arrivesAt, this.owner, () => what(this));
	}

	write(bytes: Buffer, done?: () => void): boolean {
		if (!this.writable) return false;
		this.#peer?.arrive((peer) => peer.#receive(bytes));
		if (done !== undefined) process.nextTick(done);
		return true;
	}

	#receive(what: Buffer | "end"): void {
		if (this.destroyed) {
			if (what !== "end") this.#peer?.arrive((peer) => peer.reset());
			return;
		}
		if (this.#paused) this.#inbox.push(what);
		else this.#take(what);
	}

	#take(what: Buffer | "end"): void {
		if (what !== "end") {
			this.emit("data", what);
			return;
		}
		this.#peerEnded = true;
		this.emit("end");
		if (!this.allowHalfOpen) this.end();
		this.#closeIfOver();
	}

	pause(): this {
		this.#paused = true;
		return this;
	}

	resume(): this {
		this.#paused = false;
		while (this.#inbox.length > 0 && !this.#paused && !this.destroyed) this.#take(this.#inbox.shift() ?? "end");
		return this;
	}

	end(): this {
		if (this.#ended || this.destroyed) return this;
		this.#ended = true;
		this.writable = false;
		this.#peer?.arrive((peer) => peer.#receive("end"));
		this.#closeIfOver();
		return this;
	}

	#closeIfOver(): void {
		if (this.#ended && this.#peerEnded) this.destroy();
	}

	destroy(error?: Error): this {
		if (this.destroyed) return this;
		this.destroyed = true;
		this.writable = false;
		if (!this.#ended) this.#peer?.arrive((peer) => peer.#receive("end"));
		process.nextTick(() => {
			if (error !== undefined) this.emit("error", error);
			this.emit("close", error !== undefined);
		});
		return this;
	}

	/** The connection is lost without a FIN or RST. */
	reset(): void {
		if (this.destroyed) return;
		this.#ended = true;
		this.destroy(reset());
	}

	/** Cuts the connection. Both ends notice it after the data under way to them has arrived. Later writes are lost. */
	cut(): void {
		const peer = this.#peer;
		this.#peer = undefined;
		if (peer !== undefined) peer.#peer = undefined;
		this.arrive((socket) => socket.reset());
		peer?.arrive((socket) => socket.reset());
	}

	setNoDelay(): this {
		return this;
	}

	setKeepAlive(): this {
		return this;
	}
}

type ServerOptions = { readonly allowHalfOpen?: boolean };

/** A listener: the part of `net.Server` that the gateway uses. */
export class SimulatedServer extends EventEmitter {
	readonly owner: SimulatedProcess;
	listening = false;
	#place = "";
	#port = 0;
	#connections = 0;
	readonly #allowHalfOpen: boolean;
	readonly #close = () => void listeners.delete(this.#place);

	constructor({ allowHalfOpen = false }: ServerOptions, onConnection?: (socket: SimulatedSocket) => void) {
		super();
		this.#allowHalfOpen = allowHalfOpen;
		this.owner = here().process;
		if (onConnection !== undefined) this.on("connection", onConnection);
	}

	listen(port: number, host = this.owner.address): this {
		this.#port = port;
		this.#place = `${host}:${port}`;
		listeners.set(this.#place, this);
		this.owner.onDeath.add(this.#close);
		this.listening = true;
		process.nextTick(() => this.emit("listening"));
		return this;
	}

	address(): { readonly port: number } {
		return { port: this.#port };
	}

	accept(socket: SimulatedSocket): void {
		this.#connections += 1;
		socket.allowHalfOpen = this.#allowHalfOpen;
		socket.once("close", () => {
			this.#connections -= 1;
			this.#closeIfOver();
		});
		this.emit("connection", socket);
	}

	close(): this {
		this.#close();
		this.listening = false;
		this.#closeIfOver();
		return this;
	}

	#closeIfOver(): void {
		if (!this.listening && this.#connections === 0) process.nextTick(() => this.emit("close"));
	}
}

const listeners = new Map<string, SimulatedServer>();

/** Removes the listeners of the previous history. */
export function clearNetwork(): void {
	listeners.clear();
	portsTaken = 0;
}

export function connect({ host, port }: { readonly host: string; readonly port: number }): SimulatedSocket {
	const { kernel, process: owner } = here();
	const socket = new SimulatedSocket(owner, host, true);
	kernel.after(latency(kernel, owner), undefined, () => {
		const server = listeners.get(`${host}:${port}`);
		if (server?.owner.alive === true) open(kernel, socket, server);
		else {
			const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
			socket.arrive((one) => one.destroy(refused));
		}
	});
	return socket;
}

function open(kernel: Kernel, socket: SimulatedSocket, server: SimulatedServer): void {
	if (socket.destroyed || !socket.owner.alive) return;
	const other = new SimulatedSocket(server.owner, socket.owner.address, false);
	other.join(socket);
	socket.join(other);
	kernel.at(kernel.now, server.owner, () => server.accept(other));
	socket.arrive((one) => {
		if (!one.destroyed) one.emit("connect");
	});
}

/** Makes `node:net` open simulated connections while a history runs. */
export function patchNetwork(): void {
	const net = require("node:net") as Record<string, unknown>;
	const real = { connect: net["connect"], createServer: net["createServer"] } as Record<
		string,
		(...values: readonly unknown[]) => unknown
	>;
	net["connect"] = (options: { host: string; port: number }) =>
		activeKernel() === undefined ? real["connect"]?.(options) : connect(options);
	net["createServer"] = (options: ServerOptions, onConnection?: (socket: SimulatedSocket) => void) =>
		activeKernel() === undefined
			? real["createServer"]?.(options, onConnection)
			: new SimulatedServer(options, onConnection);
	syncBuiltinESMExports();
}
