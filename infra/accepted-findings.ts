/**
 * Rules for solutions of AWS (cdk-nag, AwsSolutions) that the gateway breaks, and why. A test fails for a finding without a reason, and for a
 * reason without a finding. NAME, ACCOUNT and REGION stand for the stage's.
 */
export const acceptedFindings: Readonly<Record<string, string>> = {
	"AwsSolutions-APIG4":
		"The functions check HTTP Basic: an authorizer would cost a second invocation and could not shape the 401.",
	"AwsSolutions-EC23":
		"Clients bind by SMPP from any address; the task checks the networks of accounts that are limited to some.",
	"AwsSolutions-ECS2": "The task's environment holds no secret; passwords come from Secrets Manager.",
	"AwsSolutions-ECS4":
		"The task writes its own metrics; Container Insights would cost more than it shows of one service.",
	"AwsSolutions-ELB2": "The balancer logs TLS listeners only; binds and their addresses are in the task's log.",
	"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]":
		"Lambda's policy to write logs; it gives no access to our data.",
	"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]":
		"CodeDeploy's policy to move an alias to another version and to read alarms; it gives no access to our data.",
	"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole]":
		"Lambda's policy to attach to the network, for the function that posts reports.",
	"AwsSolutions-IAM5[Resource::*]": "ecr:GetAuthorizationToken has no resource. Only the execution role has it.",
	"AwsSolutions-IAM5[Resource::arn:aws:scheduler:REGION:ACCOUNT:schedule/smsgw-NAME-slots/*]":
		"Schedules of slots are created at run time in this group, and are named by their time.",
	"AwsSolutions-IAM5[Resource::arn:aws:sqs:REGION:ACCOUNT:smsgw-NAME-client-*]":
		"smsgw creates the queues of accounts with reports by SMPP; only their names begin so.",
	"AwsSolutions-SMG4": "The key of message ids must never change; the operators change their passwords themselves.",
	"AwsSolutions-VPC7":
		"Only the task listens in the network; flow logs would cost by the gigabyte and answer no question of ours.",
};

/** The same for a stage behind CloudFront. */
export const acceptedEdgeFindings: Readonly<Record<string, string>> = {
	"AwsSolutions-CFR1": "Clients and their servers may be in any country; each account may be limited to networks.",
	"AwsSolutions-CFR3": "The API logs each request that reaches it; WAF's metrics and samples show what was refused.",
};
