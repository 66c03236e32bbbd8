import { Duration, Fn, Stack } from "aws-cdk-lib";
import type { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { AlarmTopic } from "./alarm-topic.ts";
import { Api } from "./api.ts";
import { Canary } from "./canary.ts";
import { ClientsListener } from "./clients-listener.ts";
import { CostAlarms } from "./cost-alarms.ts";
import type { Entries } from "./entries.ts";
import { EventSources } from "./event-sources.ts";
import { Functions } from "./functions.ts";
import { GradualReleases } from "./gradual-releases.ts";
import { Heartbeats } from "./heartbeats.ts";
import { LogQueries } from "./log-queries.ts";
import { Monitoring } from "./monitoring.ts";
import { Network } from "./network.ts";
import { SlotSchedules } from "./slot-schedules.ts";
import { SmppFargateService } from "./smpp-service.ts";
import type { Stage } from "./stage.ts";
import { zonesMax } from "./stage-network.ts";
import type { StateStack } from "./state-stack.ts";
import { Sweep } from "./sweep.ts";
import { scaleTasks } from "./task-scaling.ts";

export type GatewayStackProps = { readonly stage: Stage; readonly state: StateStack; readonly entries: Entries };

/** Everything of a stage that runs. It synthesises without look-ups in the account. */
export class GatewayStack extends Stack {
	constructor(scope: Construct, id: string, { stage, state, entries }: GatewayStackProps) {
		super(scope, id, { env: { account: stage.account, region: stage.region } });
		const { tables, queues, secrets, addresses, edgeKey, key } = state;
		const { vpc, natIds } = new Network(this, "network", { stage, addresses });
		const slotSchedules = new SlotSchedules(this, "slot-schedules", stage);
		const stores = { tables, queues, slotSchedules, key };
		const functions = new Functions(this, "functions", {
			...{ stage, handlers: entries.handlers, secrets, edgeKey, vpc },
			...stores,
		});
		new EventSources(this, "event-sources", { stage, functions, queues });
		new Heartbeats(this, "heartbeats", { stage, queues, key });
		const { apiId, accessLog } = new Api(this, "api", { stage, functions });
		new Sweep(this, "sweep", { stage, checkDue: functions.byEntry["check-due"].live });
		const { service, log: taskLog } = new SmppFargateService(this, "smpp", {
			stage,
			entry: entries.smpp,
			secrets,
			vpc,
			...stores,
		});
		const { tasks } = new ClientsListener(this, "clients-listener", { stage, vpc, addresses, service });
		const canary = this.#canary(stage, entries, secrets.canaryPassword);
		const released = { ...functions.byEntry, ...(canary && { "send-canary": canary.sender }) };
		new GradualReleases(this, "releases", { stage, functions: released });
		scaleTasks(service, stage);
		const tasksAlive = tasks.metrics.healthyHostCount({ statistic: "Maximum", period: Duration.minutes(1) });
		const busiest = { statistic: "Maximum", period: Duration.minutes(1) };
		const [taskCpu, taskMemory] = [service.metricCpuUtilization(busiest), service.metricMemoryUtilization(busiest)];
		const { topic } = new AlarmTopic(this, "alarms", { stage, key });
		new Monitoring(this, "monitoring", {
			...{ stage, topic },
			monitored: { apiId, natIds, tasksAlive, taskCpu, taskMemory },
		});
		if (stage.budgetDollars !== undefined) {
			new CostAlarms(this, "cost-alarms", { stage, budgetDollars: stage.budgetDollars, topic });
		}
		const functionLogs = Object.values(released).map(({ logGroup }) => logGroup);
		new LogQueries(this, "log-queries", {
			stage,
			groups: { access: accessLog, task: taskLog, functions: functionLogs },
		});
	}

	#canary(stage: Stage, { handlers }: Entries, password: Secret | undefined): Canary | undefined {
		if (stage.canary === undefined || password === undefined) return undefined;
		return new Canary(this, "canary", { stage, canary: stage.canary, handlers, password });
	}

	/** The deployment chooses the zones. Without this, CDK would look them up in the account. */
	override get availabilityZones(): string[] {
		return Array.from({ length: zonesMax }, (_, zone) => Fn.select(zone, Fn.getAzs()));
	}
}
