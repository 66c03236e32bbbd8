import { CfnOutput, Duration } from "aws-cdk-lib";
import { type IVpc, Peer, Port, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import type { FargateService } from "aws-cdk-lib/aws-ecs";
import {
	ListenerCertificate,
	NetworkLoadBalancer,
	NetworkTargetGroup,
	Protocol,
	SslPolicy,
} from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { Construct } from "constructs";
import type { Addresses } from "./addresses.ts";
import { namePrefix, type Stage } from "./stage.ts";
import { healthPort, smppPort, smppTlsPort } from "./task-ports.ts";

export type ClientsListenerProps = {
	readonly stage: Stage;
	readonly vpc: IVpc;
	readonly addresses: Addresses;
	readonly service: FargateService;
};

/**
 * The load balancer at which clients bind: plain SMPP, and SMPP over TLS if the stage has a certificate. The task sees the client's address,
 * which it checks. The balancer forgets a connection after 350 s without data; enquire_link every 30 s prevents that.
 */
export class ClientsListener extends Construct {
	/** A task is healthy if it has started and its event loop runs, with or without binds (smpp/health-server.ts). */
	readonly tasks: NetworkTargetGroup;

	constructor(scope: Construct, id: string, { stage, vpc, addresses, service }: ClientsListenerProps) {
		super(scope, id);
		const guard = new SecurityGroup(this, "guard", {
			vpc,
			allowAllOutbound: false,
			description: "SMPP of clients from any address: the task checks networks",
		});
		const balancer = new NetworkLoadBalancer(this, "balancer", {
			vpc,
			internetFacing: true,
			crossZoneEnabled: true,
			securityGroups: [guard],
			subnetMappings: addresses.incoming.flatMap(({ attrAllocationId }, zone) => {
				const subnet = vpc.publicSubnets[zone];
				return subnet ? [{ subnet, allocationId: attrAllocationId }] : [];
			}),
		});
		this.tasks = new NetworkTargetGroup(this, "tasks", {
			vpc,
			port: smppPort,
			protocol: Protocol.TCP,
			preserveClientIp: true,
			targets: [service.loadBalancerTarget({ containerName: "smpp", containerPort: smppPort })],
			// A stopping task has 30 s to unbind its sessions.
			deregistrationDelay: Duration.seconds(30),
			healthCheck: {
				protocol: Protocol.HTTP,
				port: String(healthPort),
				path: "/healthz",
				interval: Duration.seconds(10),
			},
		});
		const listenerPorts = stage.certificateArn === undefined ? [smppPort] : [smppPort, smppTlsPort];
		for (const port of listenerPorts) guard.addIngressRule(Peer.anyIpv4(), Port.tcp(port));
		for (const port of [smppPort, healthPort]) {
			guard.connections.allowTo(service, Port.tcp(port));
		}
		balancer.addListener("smpp", { port: smppPort, protocol: Protocol.TCP, defaultTargetGroups: [this.tasks] });
		if (stage.certificateArn !== undefined) {
			balancer.addListener("smpp-tls", {
				port: smppTlsPort,
				protocol: Protocol.TLS,
				certificates: [ListenerCertificate.fromArn(stage.certificateArn)],
				sslPolicy: SslPolicy.RECOMMENDED_TLS,
				defaultTargetGroups: [this.tasks],
			});
		}
		new CfnOutput(this, "host", { value: balancer.loadBalancerDnsName, description: `SMPP of ${namePrefix(stage)}` });
	}
}
