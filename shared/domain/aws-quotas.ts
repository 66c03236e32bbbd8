export type AwsQuota = {
	readonly what: string;
	/** Default of an account in one of the larger regions, as of November 2026. */
	readonly allowed: number;
	/** In Service Quotas. A quota that has a code can be raised there, and is a setting of the stage. */
	readonly code?: string;
};

/** The quotas of AWS that a stage or a campaign may meet. A stage sets what its account has (docs/deploy.md). */
export const awsQuotas = {
	lambdaConcurrency: { what: "Lambda functions running at once", allowed: 1_000, code: "L-B99A9384" },
	elasticIps: { what: "Elastic IP addresses", allowed: 5, code: "L-0263D0A3" },
	vpcs: { what: "VPCs", allowed: 5, code: "L-F678F1CE" },
	vpnGateways: { what: "virtual private gateways", allowed: 5, code: "L-7029FAB6" },
	vpnConnections: { what: "VPN connections of one gateway", allowed: 10, code: "L-B91E5754" },
	securityGroupRules: { what: "rules of one security group", allowed: 60, code: "L-0EA8095F" },
	fargateVcpus: { what: "Fargate cores", allowed: 6, code: "L-3032A538" },
	apiRequestsPerSecond: { what: "API Gateway requests a second", allowed: 10_000, code: "L-8A5B8E43" },
	apiRoutes: { what: "routes of one HTTP API", allowed: 300, code: "L-65B5C802" },
	tables: { what: "DynamoDB tables", allowed: 2_500, code: "L-F98FE922" },
	tableReadUnits: { what: "DynamoDB read units a second of one table", allowed: 40_000, code: "L-CF0CBE56" },
	tableWriteUnits: { what: "DynamoDB write units a second of one table", allowed: 40_000, code: "L-AB614373" },
	alarms: { what: "CloudWatch alarms", allowed: 5_000 },
	roles: { what: "IAM roles", allowed: 1_000, code: "L-FE177D64" },
	logGroups: { what: "log groups", allowed: 1_000_000 },
	rolePolicyCharacters: { what: "characters of one role's policies", allowed: 10_240 },
	newTableReadUnits: { what: "DynamoDB read units a second of one new table", allowed: 12_000 },
	newTableWriteUnits: { what: "DynamoDB write units a second of one new table", allowed: 4_000 },
	entriesInFlight: { what: "SQS entries of one queue in flight", allowed: 120_000 },
	entryBytes: { what: "bytes of one SQS entry", allowed: 1_048_576 },
	schedulerInvocations: { what: "Scheduler invocations a second", allowed: 1_000 },
} as const satisfies Record<string, AwsQuota>;
