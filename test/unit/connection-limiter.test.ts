import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { type ConnectionLimiter, connectionLimiter } from "#smpp/clients/connection-limiter.ts";

let ports = 0;

/** A connection from this address; its `destroy` closes it a turn later, as a socket's does. */
function aConnection(remoteAddress: string) {
	ports += 1;
	const connection = Object.assign(new EventEmitter(), {
		remoteAddress: remoteAddress as string | undefined,
		remotePort: ports,
		localPort: 2775,
		destroyed: false,
		destroy() {
			connection.destroyed = true;
			connection.remoteAddress = undefined;
			setImmediate(() => connection.emit("close"));
		},
	});
	return connection;
}

const asSocket = (connection: ReturnType<typeof aConnection>) => connection as unknown as Socket;

function connect(limiter: ConnectionLimiter, address: string, bind = false) {
	const connection = aConnection(address);
	const admitted = limiter.admit(asSocket(connection));
	if (admitted && bind) limiter.bound(asSocket(connection));
	return { connection, admitted };
}

const times = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("the limit of connections", () => {
	it("leaves the places of bound clients to them, whatever others open", () => {
		const limiter = connectionLimiter({ all: 10, perAddress: 10, unbound: 6 });
		const bound = times(4).map((index) => connect(limiter, `192.0.2.${index}`, true).connection);

		const flood = times(100).map((index) => connect(limiter, `198.51.100.${index}`).admitted);

		expect(bound.filter(({ destroyed }) => destroyed)).toEqual([]);
		expect(flood).not.toContain(false);
	});

	it("admits clients of other networks while addresses of many networks hold idle connections", () => {
		const limiter = connectionLimiter({ all: 2_000, perAddress: 100, unbound: 500 });
		for (const index of times(2_000)) connect(limiter, `10.0.${index % 20}.1`);

		const clients = times(20).map((index) => connect(limiter, `192.0.${index}.1`));
		for (const index of times(2_000)) connect(limiter, `10.0.${index % 20}.1`);

		expect(clients.map(({ admitted, connection }) => admitted && !connection.destroyed)).not.toContain(false);
	});

	it.each(["198.51.100", "2001:db8:7"])("counts the addresses of %s as one network", (network) => {
		const limiter = connectionLimiter({ all: 100, perAddress: 10, unbound: 20 });
		const { connection } = connect(limiter, "192.0.2.1");

		for (const index of times(200))
			connect(limiter, network.includes(":") ? `${network}:${index}::1` : `${network}.${index}`);

		expect(connection.destroyed).toBe(false);
	});

	it("closes the oldest unbound connection of an address that has its maximum, not a bound one", () => {
		const limiter = connectionLimiter({ all: 100, perAddress: 3, unbound: 50 });
		const bound = connect(limiter, "192.0.2.1", true);
		const [older, newer] = [connect(limiter, "192.0.2.1"), connect(limiter, "192.0.2.1")];

		const fourth = connect(limiter, "192.0.2.1");

		expect([bound, older, newer, fourth].map(({ connection }) => connection.destroyed)).toEqual([
			false,
			true,
			false,
			false,
		]);
		expect(fourth.admitted).toBe(true);
	});

	it("admits no more when bound clients have all places, and again when one has left", () => {
		const limiter = connectionLimiter({ all: 2, perAddress: 2, unbound: 2 });
		const [first] = [connect(limiter, "192.0.2.1", true), connect(limiter, "198.51.100.1", true)];

		const full = connect(limiter, "203.0.113.1").admitted;
		first?.connection.emit("close");

		expect([full, connect(limiter, "203.0.113.1").admitted]).toEqual([false, true]);
	});

	it("counts each connection once, although an evicted one closes later", async () => {
		const limiter = connectionLimiter({ all: 3, perAddress: 3, unbound: 3 });
		for (const _ of times(50)) connect(limiter, "192.0.2.1");
		await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

		const bound = times(4).map(() => connect(limiter, "192.0.2.1", true).admitted);

		expect(bound).toEqual([true, true, true, false]);
	});
});
