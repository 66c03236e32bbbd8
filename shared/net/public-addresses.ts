import { BlockList, isIP } from "node:net";

/** Address ranges of no public server: private networks, loopback, the cloud's metadata server, multicast and reserved ranges. */
const nonPublic = {
	4: blockList("ipv4", [
		["0.0.0.0", 8],
		["10.0.0.0", 8],
		["100.64.0.0", 10],
		["127.0.0.0", 8],
		["169.254.0.0", 16],
		["172.16.0.0", 12],
		["192.0.0.0", 24],
		["192.0.2.0", 24],
		["192.88.99.0", 24],
		["192.168.0.0", 16],
		["198.18.0.0", 15],
		["198.51.100.0", 24],
		["203.0.113.0", 24],
		["224.0.0.0", 3],
	]),
	6: blockList("ipv6", [
		/* Everything but global unicast: loopback, IPv4-mapped, NAT64, the metadata server, link-local, multicast. */
		["::", 3],
		["4000::", 2],
		["8000::", 1],
		/* Teredo and other special uses; documentation; 6to4, which embeds an IPv4 address; documentation. */
		["2001::", 23],
		["2001:db8::", 32],
		["2002::", 16],
		["3fff::", 20],
	]),
};

/** One list for each family: a list of both would also check IPv4 addresses against the IPv6 networks. */
function blockList(family: "ipv4" | "ipv6", networks: readonly (readonly [string, number])[]): BlockList {
	const list = new BlockList();
	for (const [network, bits] of networks) list.addSubnet(network, bits, family);
	return list;
}

export function isPublicAddress(address: string): boolean {
	const family = isIP(address);
	if (family === 4) return !nonPublic[4].check(address, "ipv4");
	return family === 6 && !nonPublic[6].check(address, "ipv6");
}
