import { BlockList, isIPv6 } from "node:net";

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** An IPv4 address that came through an IPv6 socket, in its IPv4 form; any other address unchanged. */
export function plainAddress(address: string): string {
	return mapped.exec(address)?.[1] ?? address;
}

const familyOf = (address: string) => (isIPv6(address) ? "ipv6" : "ipv4");

/** Whether one of these networks (such as `203.0.113.0/24`) contains the address; null allows any address. */
export function isWithin(networks: readonly string[] | null, address: string): boolean {
	if (networks === null) return true;
	const list = new BlockList();
	for (const network of networks) {
		const [net = "", prefix = ""] = network.split("/");
		list.addSubnet(net, Number(prefix), familyOf(net));
	}
	const plain = plainAddress(address);
	return list.check(plain, familyOf(plain));
}
