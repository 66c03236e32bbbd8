import { Duration, RemovalPolicy, Size } from "aws-cdk-lib";
import type { IVpc } from "aws-cdk-lib/aws-ec2";
import { Platform } from "aws-cdk-lib/aws-ecr-assets";
import {
	AlarmBehavior,
	AvailabilityZoneRebalancing,
	AwsLogDriverMode,
	type CfnTaskDefinition,
	Cluster,
	ContainerImage,
	CpuArchitecture,
	Secret as EcsSecret,
	FargateService,
	FargateTaskDefinition,
	type ICluster,
	LogDrivers,
	OperatingSystemFamily,
	PropagatedTagSource,
} from "aws-cdk-lib/aws-ecs";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { type ILogGroup, LogGroup } from "aws-cdk-lib/aws-logs";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import type { smppEnv } from "#shared/contracts/environments.ts";
import type { EnvOf } from "#shared/contracts/read-env.ts";
import { serviceAlarmNames } from "./deployment-alarms.ts";
import { metadataKeys, root } from "./entries.ts";
import { laneUrls } from "./lane-urls.ts";
import { grant, permissions, useKey } from "./permissions.ts";
import type { Queues } from "./queues.ts";
import type { Secrets } from "./secrets.ts";
import type { SlotSchedules } from "./slot-schedules.ts";
import { namePrefix, type Stage } from "./stage.ts";
import type { Tables } from "./tables.ts";
import { healthPort, smppPort } from "./task-ports.ts";

export type SmppServiceProps = {
	readonly stage: Stage;
	readonly entry: string;
	readonly tables: Tables;
	readonly queues: Queues;
	readonly slotSchedules: SlotSchedules;
	readonly key: IKey | undefined;
	readonly secrets: Secrets;
	readonly vpc: IVpc;
};

type SecretName = "SMSC_PASSWORDS" | "MESSAGE_ID_KEY";

/** Used on the local stack only: on AWS the load balancer ends TLS, and the container has one address. */
type LocalName = "SMPP_HOST" | "SMPP_TLS_PORT" | "SMPP_TLS";

/**
 * The SMPP service. A deployment starts the new task first, which gets its binds only when the old one releases them. ECS then watches the
 * alarms for some minutes, and rolls back if one rings.
 */
export class SmppFargateService extends Construct {
	readonly service: FargateService;
	readonly log: ILogGroup;

	constructor(scope: Construct, id: string, props: SmppServiceProps) {
		super(scope, id);
		const { stage, vpc } = props;
		this.log = new LogGroup(this, "logs", {
			retention: stage.sizes.logRetentionDays,
			removalPolicy: RemovalPolicy.DESTROY,
		});
		const task = new FargateTaskDefinition(this, "task", {
			cpu: stage.sizes.taskCpu,
			memoryLimitMiB: stage.sizes.taskMemoryMb,
			runtimePlatform: {
				cpuArchitecture: CpuArchitecture.ARM64,
				operatingSystemFamily: OperatingSystemFamily.LINUX,
			},
		});
		(task.node.defaultChild as CfnTaskDefinition).addMetadata(metadataKeys.entry, props.entry);
		task.addContainer("smpp", {
			image: ContainerImage.fromAsset(root, { file: "smpp/Dockerfile", platform: Platform.LINUX_ARM64 }),
			environment: { ...environmentOf(props) },
			secrets: { ...secretsOf(props) },
			portMappings: [{ containerPort: smppPort }, { containerPort: healthPort }],
			stopTimeout: Duration.seconds(30),
			logging: LogDrivers.awsLogs({
				streamPrefix: "smpp",
				logGroup: this.log,
				// The task writes its log synchronously: in the other mode, it would stand still while CloudWatch Logs does not answer.
				// Its metrics are in the log. If they are lost, task-stalled and operator-unbound ring (docs/runbook.md).
				mode: AwsLogDriverMode.NON_BLOCKING,
				maxBufferSize: Size.mebibytes(25),
			}),
		});
		grant(task.taskRole, permissions.smpp, props);
		if (props.key) useKey(task.obtainExecutionRole(), props.key, ["kms:Decrypt"]);
		this.service = new FargateService(this, "service", {
			serviceName: `${namePrefix(stage)}-smpp`,
			cluster: new Cluster(this, "cluster", { vpc, clusterName: namePrefix(stage) }) as ICluster,
			taskDefinition: task,
			// Without desiredCount, which would reset the number of tasks at each deployment. infra/task-scaling.ts has the minimum.
			healthCheckGracePeriod: Duration.seconds(60),
			minHealthyPercent: 100,
			maxHealthyPercent: 200,
			// Spreads tasks over the zones also after a lost zone is back.
			availabilityZoneRebalancing: AvailabilityZoneRebalancing.ENABLED,
			circuitBreaker: { rollback: true },
			propagateTags: PropagatedTagSource.SERVICE,
			deploymentAlarms: { alarmNames: serviceAlarmNames(stage), behavior: AlarmBehavior.ROLLBACK_ON_ALARM },
		});
	}
}

function environmentOf({
	stage,
	tables,
	queues,
	slotSchedules,
}: SmppServiceProps): Omit<EnvOf<typeof smppEnv>, SecretName | LocalName> {
	return {
		...slotSchedules.env,
		ACCOUNTS_TABLE: tables.byRole.accounts.tableName,
		CREDENTIALS_TABLE: tables.byRole.credentials.tableName,
		LIMITS_TABLE: tables.byRole.limits.tableName,
		ACCOUNT_REQUESTS_PER_SECOND: String(stage.accountRequestsPerSecond),
		NUMBERS_TABLE: tables.byRole.numbers.tableName,
		SMPP_PORT: String(smppPort),
		HEALTH_PORT: String(healthPort),
		METRICS_NAMESPACE: namePrefix(stage),
		MESSAGES_TABLE: tables.byRole.messages.tableName,
		REPORTS_TABLE: tables.byRole.reports.tableName,
		SUBMISSIONS_TABLE: tables.byRole.submissions.tableName,
		INCOMING_TABLE: tables.byRole.incoming.tableName,
		SLOTS_TABLE: tables.byRole.slots.tableName,
		COUNTS_TABLE: tables.byRole.counts.tableName,
		COUNTS_RETENTION_DAYS: String(stage.countsRetentionDays),
		LEASES_TABLE: tables.byRole.leases.tableName,
		LANE_QUEUE_URLS: laneUrls(queues),
		RECEIPTS_QUEUE_URL: queues.receipts.queue.queueUrl,
		INCOMING_QUEUE_URL: queues.incoming.queue.queueUrl,
		REPORTS_QUEUE_URL: queues.reports.queue.queueUrl,
		RETENTION_DAYS: String(stage.retentionDays),
		FINAL_TEXTS: stage.finalTexts,
		SEARCH_INDEX: stage.searchIndex ? "yes" : "no",
		LANE_VISIBILITY_SECONDS: String(stage.laneVisibilitySeconds),
		LEASE_SECONDS: String(stage.leaseSeconds),
		SMSCS: JSON.stringify(stage.operators),
	};
}

function secretsOf({ secrets }: SmppServiceProps): Record<SecretName, EcsSecret> {
	return {
		SMSC_PASSWORDS: EcsSecret.fromSecretsManager(secrets.smscPasswords as ISecret),
		MESSAGE_ID_KEY: EcsSecret.fromSecretsManager(secrets.messageIdKey as ISecret),
	};
}
