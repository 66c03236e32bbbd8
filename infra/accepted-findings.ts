/**
 * Where the gateway does other than AWS's rules for solutions (cdk-nag, AwsSolutions) ask, and why. A test holds it to this list: a finding
 * without a reason fails, and so does a reason without its finding. NAME, ACCOUNT and REGION are the stage's.
 */
export const acceptedFindings: Readonly<Record<string, string>> = {
	"AwsSolutions-APIG4":
		"Clients log in by Basic inside the functions: an authorizer would cost a second invocation and could not shape the 401.",
	"AwsSolutions-EC23":
		"Clients bind from anywhere by SMPP; accounts may be bound to their networks, which the task checks.",
	"AwsSolutions-ECS2": "What stands in the task's environment is no secret; passwords come from Secrets Manager.",
	"AwsSolutions-ECS4":
		"The task tells its own figures; Container Insights would cost more than it shows of one service.",
	"AwsSolutions-ELB2":
		"The balancer's logs tell of TLS listeners only; binds and their addresses are in the task's own log.",
	"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]":
		"Lambda's own policy to write logs; it reaches no data of ours.",
	"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole]":
		"Lambda's own policy to attach to the network, for the function that posts reports.",
	"AwsSolutions-IAM5[Resource::*]": "ecr:GetAuthorizationToken knows no resource. The execution role alone has it.",
	"AwsSolutions-IAM5[Resource::<functionscheckdueF2C7751A.Arn>:*]":
		"Versions of the one function that the sweep invokes; grantInvoke adds them.",
	"AwsSolutions-IAM5[Resource::arn:aws:scheduler:REGION:ACCOUNT:schedule/smsgw-NAME-slots/*]":
		"Schedules of slots are made at run time, within their one group, and are named by their time.",
	"AwsSolutions-IAM5[Resource::arn:aws:sqs:REGION:ACCOUNT:smsgw-NAME-client-*]":
		"The queues of accounts that are told by SMPP are made by the operator at run time; their names begin so, and no others do.",
	"AwsSolutions-SMG4":
		"The key of message ids must never change; the operators' passwords change by their own hand, not by ours.",
	"AwsSolutions-VPC7":
		"Nothing listens in the network but the task; flow logs would cost by the gigabyte and answer no question that we have.",
};
