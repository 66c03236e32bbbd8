import { describe, expect, it } from "vitest";
import { readStage, type Stage } from "#infra/stage.ts";
import type { StageNetwork } from "#infra/stage-network.ts";
import { connectedNetwork, existingNetwork, sampleStage } from "./sample-stage.ts";

const errorOf = (network: object): string => {
	try {
		readStage({ ...sampleStage, network: network as StageNetwork });
		return "nothing";
	} catch (error) {
		return (error as Error).message;
	}
};

const vpn = (connection: object) => ({ vpn: { kcell: { address: "203.0.113.9", ...connection } } });
const transit = (gateway: object) => ({ transitGateway: { id: "tgw-0123456789abcdef0", ...gateway } });
const vpc = (changes: object) => ({ vpc: { ...existingNetwork.vpc, ...changes } });

describe("a stage's network", () => {
	it.each<[string, object]>([
		["has no setting vpnn: its settings are cidr, vpn, transitGateway, vpc", { vpnn: {} }],
		["cidr: must be a private CIDR block of /16 to /24", { cidr: "10.0.0.0" }],
		["cidr: must be a private CIDR block", { cidr: "10.0.0.0/15" }],
		["cidr: must be a private CIDR block", { cidr: "10.0.0.0/25" }],
		["cidr: must be a private CIDR block", { cidr: "10.0.1.0/16" }],
		["cidr: must be a private CIDR block", { cidr: "8.8.0.0/16" }],
		["cidr: must be a private CIDR block", { cidr: "10.0.256.0/24" }],
		["vpn.kcell: must have routes or asn, not both", vpn({})],
		["vpn.kcell: must have routes or asn, not both", vpn({ routes: ["10.9.8.0/24"], asn: 65_010 })],
		["vpn.kcell.address: must be a public IPv4 address", vpn({ address: "10.1.1.1", asn: 65_010 })],
		["vpn.kcell.address: must be a public IPv4 address", vpn({ address: "vpn.kcell.example", asn: 65_010 })],
		["vpn.kcell.asn: must not be 64512, which is the ASN of Amazon's side", vpn({ asn: 64_512 })],
		["vpn.kcell.routes: must have at least one CIDR block", vpn({ routes: [] })],
		["vpn.kcell.routes.0: must be a CIDR block, such as 10.9.8.0/24", vpn({ routes: ["10.9.8.1/24"] })],
		["vpn.kcell.routes.0: must be a CIDR block", vpn({ routes: ["0.0.0.0/0"] })],
		["vpn.kcell.routes: 10.0.7.0/24 must not overlap 10.0.0.0/16 of network.cidr", vpn({ routes: ["10.0.7.0/24"] })],
		[
			"transitGateway.id: must be an id such as tgw-",
			transit({ id: "vpc-0123456789abcdef0", routes: ["10.9.8.0/24"] }),
		],
		[
			"transitGateway.routes: 10.0.0.0/8 must not overlap 10.20.0.0/20 of network.cidr",
			{ cidr: "10.20.0.0/20", ...transit({ routes: ["10.0.0.0/8"] }) },
		],
		[
			"transitGateway.routes: 10.9.0.0/16 must not overlap 10.9.8.0/24 of network.vpn.kcell.routes",
			{ ...vpn({ routes: ["10.9.8.0/24"] }), ...transit({ routes: ["10.9.0.0/16"] }) },
		],
		["vpc.id: must be an id such as vpc-", vpc({ id: "main" })],
		["vpc.zones: must be zones of eu-central-1", vpc({ zones: ["eu-west-1a", "eu-west-1b"] })],
		["vpc.zones: must be 2 different values, one for each zone", vpc({ zones: ["eu-central-1a", "eu-central-1a"] })],
		["vpc.publicSubnets: must be 2 different values", vpc({ publicSubnets: ["subnet-0123456789abcdef0"] })],
		["vpc.privateSubnets: is missing", vpc({ privateSubnets: undefined })],
		["vpc.outgoingAddresses.0: must be a public IPv4 address", vpc({ outgoingAddresses: ["10.0.0.1"] })],
		["vpc.outgoingAddresses: must have at least one address", vpc({ outgoingAddresses: [] })],
		["cidr: must not be given together with vpc", { ...existingNetwork, cidr: "10.20.0.0/20" }],
		["vpn: must not be given together with vpc", { ...existingNetwork, ...vpn({ asn: 65_010 }) }],
		[
			"transitGateway: must not be given together with vpc",
			{ ...existingNetwork, ...transit({ routes: ["10.9.8.0/24"] }) },
		],
	])("is refused in one line: %s", (expected, network) => {
		const errorText = errorOf(network);

		expect(errorText).toContain(`stage sample: network`);
		expect(errorText).toContain(expected);
		expect(errorText).not.toContain("\n");
	});

	it.each<[string, object]>([
		["no setting", {}],
		["another block", { cidr: "192.168.4.0/22" }],
		["a VPN and a transit gateway", connectedNetwork],
		["an existing VPC", existingNetwork],
	])("may have %s", (_, network) => {
		expect(errorOf(network)).toBe("nothing");
	});

	it("has its own VPC by default", () => {
		const stage: Stage = readStage({ ...sampleStage, network: {} });

		expect(stage.network).toEqual({ vpn: {} });
	});
});
