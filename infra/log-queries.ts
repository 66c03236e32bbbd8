import { CfnQueryDefinition, type ILogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { namePrefix, type Stage } from "./stage.ts";

export type LogGroups = {
	readonly access: ILogGroup;
	readonly task: ILogGroup;
	readonly functions: readonly ILogGroup[];
};

const lines = (...parts: readonly string[]) => parts.join("\n| ");

/** Saved queries of CloudWatch Logs Insights. Names of events and fields are those of the log. */
const queries = {
	"one message": {
		of: ["task", "functions"],
		query: lines(
			"fields @timestamp, event, user_name, operator, @message",
			"filter @message like /PUT-THE-MESSAGE-ID-HERE/",
			"sort @timestamp asc",
			"limit 200",
		),
	},
	"errors by event": {
		of: ["task", "functions"],
		query: lines(
			"fields @timestamp, event, err.message",
			'filter level = "error"',
			"stats count(*) as times, latest(err.message) as latest_error by event",
			"sort times desc",
		),
	},
	"refused requests by address": {
		of: ["access"],
		query: lines(
			"fields address, status, route",
			"filter status >= 400 and status < 500",
			"stats count(*) as times by address, status, route",
			"sort times desc",
			"limit 50",
		),
	},
	"slow requests": {
		of: ["access"],
		query: lines("fields @timestamp, route, status, latency_ms, request_id", "sort latency_ms desc", "limit 50"),
	},
	"binds down": {
		of: ["task"],
		query: lines(
			"fields @timestamp, operator, @message",
			'filter event = "bind.down"',
			"sort @timestamp desc",
			"limit 100",
		),
	},
	"unconfirmed reports by client": {
		of: ["task", "functions"],
		query: lines(
			'filter event = "report.unconfirmed"',
			"stats count(*) as times, latest(why) as latest_reason, max(age_ms) as oldest_ms by user_name",
			"sort times desc",
		),
	},
} as const satisfies Record<string, { readonly of: readonly (keyof LogGroups)[]; readonly query: string }>;

export class LogQueries extends Construct {
	constructor(scope: Construct, id: string, { stage, groups }: { readonly stage: Stage; readonly groups: LogGroups }) {
		super(scope, id);
		for (const [name, { of, query }] of Object.entries(queries)) {
			new CfnQueryDefinition(this, name.replaceAll(" ", "-"), {
				name: `${namePrefix(stage)}/${name}`,
				logGroupNames: of.flatMap((key) => groups[key]).map(({ logGroupName }) => logGroupName),
				queryString: query,
			});
		}
	}
}
