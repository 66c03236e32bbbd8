import { entries } from "#infra/entries.ts";
import { quotaProblems } from "#infra/quotas.ts";
import { readStage } from "#infra/stage.ts";
import { localReferences } from "#local/template/local-references.ts";
import { generateSecrets } from "#local/template/secrets.ts";
import { stackPlanFrom } from "#local/template/stack-plan.ts";
import { synthesise } from "#local/template/synthesise.ts";
import { operators } from "#shared/domain/message/operators.ts";

/** Synthesises a stage whose SMSCs are all alike, and prints the sizes of it that AWS limits. */
const smsc = { host: "smsc.example", port: 2775, system_id: "smsgw", binds: 4 };
const region = "eu-central-1";
const stage = readStage({
	name: "production1234567890",
	account: "000000000000",
	region,
	publicUrl: "http://sms.example.kz",
	operators: Object.fromEntries(operators.map((operator) => [operator, smsc])),
});
const template = synthesise(stage, entries);
const secrets = generateSecrets(template, region, {});
const sqsUrl = `https://sqs.${region}.amazonaws.com`;
const { functions, queues } = stackPlanFrom(template, localReferences(template, { region, sqsUrl, secrets }));
const resources = Object.values(template.Resources);
const alarms = resources.filter(({ Type }) => Type === "AWS::CloudWatch::Alarm").map(({ Properties }) => Properties);
const metricsOf = (alarm: (typeof alarms)[number]) =>
	((alarm["Metrics"] ?? []) as readonly { readonly MetricStat?: object }[]).filter((one) => one.MetricStat).length;

process.stdout.write(
	JSON.stringify({
		lanes: Object.keys(queues).filter((role) => /^lane-.*(?<!-dead)$/.test(role)).length,
		alarmMetricsMax: Math.max(...alarms.map(metricsOf)),
		environmentBytesMax: Math.max(...Object.values(functions).map(({ env }) => Buffer.byteLength(JSON.stringify(env)))),
		quotaProblems: quotaProblems(resources, {}),
		stackResources: resources.length,
		watchedForStall: new Set(
			alarms
				.filter(({ AlarmName }) => String(AlarmName).includes("-task-stalled"))
				.flatMap((alarm) => JSON.stringify(alarm).match(/"operator\d+"/g) ?? []),
		).size,
	}),
);
