import * as z from "zod";
import { addressOf, isPrivate, overlaps, rangeOf } from "./cidr.ts";
import { section, wholeNumber } from "./section.ts";

/** Two zones survive the loss of one. Each further zone costs two addresses, a NAT gateway and a node of the load balancer. */
export const zonesMax = 2;

const defaultCidr = "10.0.0.0/16";

/** Amazon's side of a VPN. */
const amazonAsn = 64_512;

function resourceId(kind: string) {
	return z.string().regex(new RegExp(`^${kind}-[\\da-f]{8,17}$`), `must be an id such as ${kind}-0123456789abcdef0`);
}

function oneInEachZone<Item extends z.ZodType>(item: Item) {
	const message = `must be ${zonesMax} different values, one for each zone`;
	return z
		.array(item)
		.length(zonesMax, message)
		.refine((all) => new Set(all).size === all.length, message);
}

const publicAddress = z.string().refine((text) => {
	const address = addressOf(text);
	return address !== undefined && !isPrivate({ first: address, last: address });
}, "must be a public IPv4 address");

const route = z.string().refine((cidr) => (rangeOf(cidr)?.bits ?? 0) >= 8, "must be a CIDR block, such as 10.9.8.0/24");
const routes = z.array(route).min(1, "must have at least one CIDR block");

const ownCidr = z.string().refine((cidr) => {
	const range = rangeOf(cidr);
	return range !== undefined && range.bits >= 16 && range.bits <= 24 && isPrivate(range);
}, "must be a private CIDR block of /16 to /24, such as 10.20.0.0/20");

/** An IPsec connection to an operator, with two tunnels. Its routes are static, or learnt by BGP from `asn`. */
const vpnConnection = section({
	address: publicAddress,
	routes: routes.exactOptional(),
	asn: wholeNumber(1, 4_294_967_294).exactOptional(),
});

/** Its owner provides the subnets, their internet access and their connections to operators. */
const existingVpc = section({
	id: resourceId("vpc"),
	zones: oneInEachZone(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, "must be a zone, such as eu-central-1a")),
	/** With a route to an internet gateway, for the load balancer. */
	publicSubnets: oneInEachZone(resourceId("subnet")),
	/** With access to the internet, for the tasks and the function that posts reports. */
	privateSubnets: oneInEachZone(resourceId("subnet")),
	/** Addresses of the private subnets in the internet, to be published (contract R36). */
	outgoingAddresses: z.array(publicAddress).min(1, "must have at least one address"),
});

/** A stage's own network, with connections to the operators' networks, or an existing VPC. */
export const stageNetwork = section({
	cidr: ownCidr.exactOptional(),
	/** By name, one for each operator with a VPN. */
	vpn: z
		.record(
			z.string().regex(/^[a-z][a-z0-9]{0,19}$/, "must be 1 to 20 small letters and digits, a letter first"),
			vpnConnection,
		)
		.default({}),
	/** An existing one, shared with this account. `routes` are the networks behind it. */
	transitGateway: section({ id: resourceId("tgw"), routes }).exactOptional(),
	vpc: existingVpc.exactOptional(),
});

export type StageNetwork = z.output<typeof stageNetwork>;

export function cidrOf({ cidr = defaultCidr }: StageNetwork): string {
	return cidr;
}

type Problem = readonly [path: string, message: string];

/** Conflicts between the settings of a network. Paths are relative to it. */
export function networkProblems(network: StageNetwork, region: string): readonly Problem[] {
	return network.vpc === undefined ? ownVpcProblems(network) : existingVpcProblems(network, network.vpc.zones, region);
}

function existingVpcProblems(
	{ cidr, vpn, transitGateway }: StageNetwork,
	zones: readonly string[],
	region: string,
): readonly Problem[] {
	const given = { cidr, vpn: Object.keys(vpn)[0], transitGateway };
	const conflicts = Object.entries(given).flatMap(([path, value]): readonly Problem[] =>
		value === undefined ? [] : [[path, "must not be given together with vpc, whose owner provides it"] as const],
	);
	const elsewhere = zones.some((zone) => zone.slice(0, -1) !== region);
	return elsewhere ? [...conflicts, ["vpc.zones", `must be zones of ${region}`] as const] : conflicts;
}

function ownVpcProblems(network: StageNetwork): readonly Problem[] {
	const connections = Object.entries(network.vpn).flatMap(([name, { routes: given, asn }]): readonly Problem[] => {
		if ((given === undefined) === (asn === undefined))
			return [[`vpn.${name}`, "must have routes or asn, not both"] as const];
		return asn === amazonAsn
			? [[`vpn.${name}.asn`, `must not be ${amazonAsn}, which is the ASN of Amazon's side`]]
			: [];
	});
	const blocks = [["cidr", cidrOf(network)] as const, ...routesOf(network)];
	const clashes = blocks.flatMap(([path, cidr], index) =>
		blocks
			.slice(0, index)
			.filter(([, other]) => overlaps(cidr, other))
			.map(([otherPath, other]) => [path, `${cidr} must not overlap ${other} of network.${otherPath}`] as const),
	);
	return [...connections, ...clashes];
}

function routesOf({ vpn, transitGateway }: StageNetwork): readonly (readonly [path: string, cidr: string])[] {
	const ofVpn = Object.entries(vpn).flatMap(([name, connection]) =>
		(connection.routes ?? []).map((cidr) => [`vpn.${name}.routes`, cidr] as const),
	);
	const ofGateway = (transitGateway?.routes ?? []).map((cidr) => ["transitGateway.routes", cidr] as const);
	return [...ofVpn, ...ofGateway];
}
