import { CfnQueryDefinition, type ILogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { namePrefix, type Stage } from "./stage.ts";

export type LogGroups = {
	readonly access: ILogGroup;
	readonly task: ILogGroup;
	readonly functions: readonly ILogGroup[];
};

const lines = (...parts: readonly string[]) => parts.join("\n| ");

const byTimes = ["sort times desc", "limit 100"];
const events = (...names: readonly string[]) => `filter event in [${names.map((name) => `"${name}"`).join(", ")}]`;

/** Saved queries of CloudWatch Logs Insights, for the questions of the runbook. Each is named in the articles that need it. */
export const logQueries = {
	"one message": {
		of: ["task", "functions"],
		query: lines(
			"fields @timestamp, event, user_name, operator, status, error_code, @message",
			"filter @message like /PUT-THE-MESSAGE-ID-OR-SMSC-ID-HERE/",
			"sort @timestamp asc",
			"limit 200",
		),
	},
	"errors by event": {
		of: ["task", "functions"],
		query: lines(
			'filter level = "error"',
			"stats count(*) as times, latest(err.message) as latest_error by part, event",
			...byTimes,
		),
	},
	"warnings and errors of the task": {
		of: ["task"],
		query: lines(
			'filter level in ["warn", "error"]',
			"stats count(*) as times, latest(err.message) as latest_error, max(@timestamp) as last_at by event, operator",
			...byTimes,
		),
	},
	"failed entries": {
		of: ["functions"],
		query: lines(
			events("entry.failed", "entries.failed", "entry.malformed"),
			"stats count(*) as times, latest(err.message) as latest_error by part, event",
			...byTimes,
		),
	},
	"dead lane entries": {
		of: ["functions"],
		query: lines(
			events("lane_entries.dead_lettered"),
			"fields @timestamp, entries, message_ids.0, @message",
			"sort @timestamp desc",
			"limit 100",
		),
	},
	"receipts without a submission": {
		of: ["functions"],
		query: lines(
			events("receipt.orphaned"),
			"stats sum(receipts) as times, latest(smsc_ids.0) as latest_smsc_id by operator, bin(1h) as hour",
			"sort hour desc",
			"limit 100",
		),
	},
	"ends by operator and code": {
		of: ["task", "functions"],
		query: lines(
			events("messages.ended"),
			"stats sum(messages) as times, latest(message_ids.0) as latest_message_id by operator, status, error_code",
			...byTimes,
		),
	},
	"refused and unanswered submits": {
		of: ["task"],
		query: lines(
			events("submit.refused_for_now", "submit.unknown_error", "submit.throttled", "submit.unanswered"),
			"stats count(*) as times, latest(message_id) as latest_message_id by operator, event, command_status",
			...byTimes,
		),
	},
	"binds down": {
		of: ["task"],
		query: lines(
			events("bind.down"),
			"stats count(*) as times, max(@timestamp) as last_at by operator, host, port, reason",
			...byTimes,
		),
	},
	"unconfirmed reports by client": {
		of: ["task", "functions"],
		query: lines(
			events("report.unconfirmed"),
			"stats count(*) as times, latest(why) as latest_reason, max(age_ms) as oldest_ms by user_name",
			...byTimes,
		),
	},
	"reports that SMPP clients refuse": {
		of: ["task"],
		query: lines(
			events(
				...["report.refused", "account_report.receives_exhausted", "account_report.malformed"],
				...["account_report.encode_failed", "account_report.wrong_account"],
			),
			"stats count(*) as times, latest(why) as latest_reason, latest(message_id) as latest_message_id by event, user_name, queue",
			...byTimes,
		),
	},
	"failed requests by route": {
		of: ["access"],
		query: lines(
			"filter status >= 500",
			"stats count(*) as times, latest(error) as latest_error, max(latency_ms) as slowest_ms by route, status",
			...byTimes,
		),
	},
	"requests by address": {
		of: ["access"],
		query: lines("stats count(*) as times by address, route, status", ...byTimes),
	},
	"refused requests by address": {
		of: ["access"],
		query: lines(
			"filter status >= 400 and status < 500",
			"stats count(*) as times by address, route, status",
			...byTimes,
		),
	},
	"refused SMPP clients by address": {
		of: ["task"],
		query: lines(
			events("client.bind_refused", "client.request_refused"),
			"stats count(*) as times, latest(reason) as latest_reason by event, user_name, address, command_status",
			...byTimes,
		),
	},
	"slow requests": {
		of: ["access"],
		query: lines("fields @timestamp, route, status, latency_ms, request_id", "sort latency_ms desc", "limit 100"),
	},
	"late canaries": {
		of: ["functions"],
		query: lines(
			events("canary.failed", "canary.late"),
			"fields @timestamp, event, step, status, err.message",
			"sort @timestamp desc",
			"limit 100",
		),
	},
	"unreadable rows": {
		of: ["task", "functions"],
		query: lines(
			events("row.unreadable", "message.unreadable"),
			"stats count(*) as times, latest(message_id) as latest_message_id by event, table, key, reason",
			...byTimes,
		),
	},
} as const satisfies Record<string, { readonly of: readonly (keyof LogGroups)[]; readonly query: string }>;

export class LogQueries extends Construct {
	constructor(scope: Construct, id: string, { stage, groups }: { readonly stage: Stage; readonly groups: LogGroups }) {
		super(scope, id);
		for (const [name, { of, query }] of Object.entries(logQueries)) {
			new CfnQueryDefinition(this, name.replaceAll(" ", "-"), {
				name: `${namePrefix(stage)}/${name}`,
				logGroupNames: of.flatMap((key) => groups[key]).map(({ logGroupName }) => logGroupName),
				queryString: query,
			});
		}
	}
}
