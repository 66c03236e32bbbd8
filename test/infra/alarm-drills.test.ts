import { describe, expect, it } from "vitest";
import { operators } from "#shared/domain/message/operators.ts";
import { deployedAlarms } from "#test/e2e/alarms/deployed-alarms.ts";
import { evaluated } from "./alarm-drills/metric-math.ts";
import { type Minute, ringingAlarms } from "./alarm-drills/ringing-alarms.ts";
import { gatewayTemplate } from "./gateway-template.ts";

/** A minute in which all is well. */
const wellMinute: Minute = {
	...Object.fromEntries(
		operators.flatMap((operator) => [
			[`BindsUp ${operator}`, 2],
			[`BindsHeld ${operator}`, 2],
			[`SubmitsAccepted ${operator}`, 600],
			[`SubmitsRefused ${operator}`, 3],
			[`LaneReceiveGap ${operator}`, 900],
			[`UrgentUnsubmittedAge ${operator}`, 800],
			[`BulkUnsubmittedAge ${operator}`, 60_000],
			[`ReceiptsOrphaned ${operator}`, 0],
		]),
	),
	...Object.fromEntries(
		["receipts", "reports", "check-due", "incoming"].flatMap((consumer) => [
			[`Heartbeats ${consumer}`, 0.2],
			[`QueueWait ${consumer}`, 300],
		]),
	),
	...Object.fromEntries(
		["bulk", "interactive", "urgent", "emergency"].flatMap((priority) => [
			[`SubmitsInTime ${priority}`, 100],
			[`ReportsInTime ${priority}`, 100],
		]),
	),
	"MessagesAccepted rest": 500,
	"RequestsRefused rest": 20,
	"MessagesAccepted smpp": 500,
	"DaysToExpiry arn:aws:acm:eu-central-1:000000000000:certificate/00000000-0000-0000-0000-000000000000": 90,
	ReportsConfirmed: 300,
	ReportsUnconfirmed: 10,
	CanariesDelivered: 0.2,
	Sweeps: 1 / 15,
	HealthyHostCount: 2,
	CPUUtilization: 30,
	MemoryUtilization: 40,
};

const without = (names: RegExp): Minute =>
	Object.fromEntries(Object.entries(wellMinute).filter(([name]) => !names.test(name)));
const ofEach = (prefix: string) => operators.map((operator) => `${prefix}-${operator}`);

describe("the alarms", () => {
	it("are quiet while all is well", () => {
		expect(ringingAlarms(wellMinute)).toEqual([]);
	});

	it.each<[string, Minute, readonly string[]]>([
		["an operator is away", { ...wellMinute, "BindsUp kcell": 0 }, ["operator-unbound-kcell"]],
		["one of two binds is lost", { ...wellMinute, "BindsUp kcell": 1 }, ["binds-lost-kcell"]],
		["an SMSC refuses", { ...wellMinute, "SubmitsRefused kcell": 300 }, ["operator-refusing-kcell"]],
		["an SMSC does not answer", { ...wellMinute, "SubmitsUnanswered kcell": 300 }, ["operator-refusing-kcell"]],
		[
			"an SMSC refuses the few that it gets",
			{ ...wellMinute, "SubmitsAccepted kcell": 0, "SubmitsRefused kcell": 9 },
			[],
		],
		[
			"codes wait for their submit",
			{ ...wellMinute, "UrgentUnsubmittedAge kcell": 61_000, "SubmitsLate urgent": 20 },
			["lane-late-urgent-kcell", "submit-objective-urgent-fast", "submit-objective-urgent-slow"],
		],
		["a few codes are late, for hours", { ...wellMinute, "SubmitsLate urgent": 8 }, ["submit-objective-urgent-slow"]],
		["one code in a thousand is late", { ...wellMinute, "SubmitsLate urgent": 0.1 }, []],
		["a backlog of bulk", { ...wellMinute, "BulkUnsubmittedAge kcell": 7_300_000 }, ["lane-late-bulk-kcell"]],
		["no task runs", without(/^(Binds|Lane|Healthy)/), [...ofEach("operator-unbound"), "task-gone", "task-stalled"]],
		["a task that reads nothing", { ...wellMinute, "LaneReceiveGap kcell": 400_000 }, ["task-stalled"]],
		["a task of one core that is busy", { ...wellMinute, CPUUtilization: 95 }, ["task-overloaded-cpu"]],
		["a function that is not called", without(/^Heartbeats receipts/), ["consumer-silent-receipts"]],
		["a sweep that is not called, or that always fails", without(/^Sweeps/), ["sweep-silent"]],
		[
			"a function that fails for every entry",
			{ ...wellMinute, "EntriesFailed receipts": 60 },
			["release-failing-queues", "entries-failing-receipts"],
		],
		["one entry that always fails", { ...wellMinute, "EntriesFailed receipts": 2 }, []],
		["a slow reports function", { ...wellMinute, "QueueWait reports": 700_000 }, ["reports-late"]],
		[
			"first attempts of reports are late",
			{ ...wellMinute, "ReportsLate bulk": 50 },
			["report-objective-bulk-fast", "report-objective-bulk-slow"],
		],
		["no client confirms", { ...wellMinute, ReportsConfirmed: 0, ReportsUnconfirmed: 200 }, ["webhooks-failing"]],
		["one client is away for long", { ...wellMinute, UnreportedAge: 9 * 3_600_000 }, ["reports-unconfirmed"]],
		["receipts of others", { ...wellMinute, "ReceiptsOrphaned kcell": 2 }, ["receipts-orphaned-kcell"]],
		["the canary is not delivered", without(/^Canaries/), ["canary-late"]],
		[
			"all requests are refused",
			{ ...wellMinute, "MessagesAccepted rest": 0, "RequestsRefused rest": 90 },
			["requests-refused-rest"],
		],
		[
			"a few requests are refused at night",
			{ ...wellMinute, "MessagesAccepted rest": 0, "RequestsRefused rest": 5 },
			[],
		],
		[
			"a client is over its limit",
			{ ...wellMinute, "RequestsRefused rest": 5_000, "ClientsThrottled rest": 4_980 },
			[],
		],
		["the API answers 5xx", { ...wellMinute, "5xx api": 9 }, ["release-failing-api", "api-failing"]],
		["rows that cannot be read", { ...wellMinute, UnreadableRows: 0.1 }, ["rows-unreadable"]],
		[
			"a certificate that expires",
			{ ...wellMinute, [String(Object.keys(wellMinute).find((name) => name.startsWith("Days")))]: 20 },
			["certificate-expiring"],
		],
		["a NAT gateway without ports", { ...wellMinute, "ErrorPortAllocation nat-2": 1 }, ["nat-ports-exhausted"]],
		["a throttled table", { ...wellMinute, "WriteThrottleEvents messages": 50 }, ["tables-throttled-messages"]],
		["dead receipts", { ...wellMinute, "ApproximateNumberOfMessagesVisible receipts-dead": 1 }, ["dead-receipts"]],
		[
			"dead entries of a lane",
			{ ...wellMinute, "ApproximateNumberOfMessagesVisible lane-kcell-bulk-dead": 1 },
			["dead-lanes-kcell"],
		],
		[
			"dead entries of a lane that its function always fails for",
			{
				...wellMinute,
				"ApproximateNumberOfMessagesNotVisible lane-kcell-bulk-dead": 1,
				"EntriesFailed lane-dead-letters": 0.5,
			},
			["dead-lanes-kcell"],
		],
		[
			"dead entries of a lane that end its function",
			{
				...wellMinute,
				"ApproximateNumberOfMessagesNotVisible lane-kcell-bulk-dead": 1,
				"Errors lane-dead-letters": 0.5,
			},
			["dead-lanes-kcell"],
		],
		[
			"dead entries of a lane that come all the time and are handled in seconds",
			{ ...wellMinute, "ApproximateNumberOfMessagesNotVisible lane-kcell-bulk-dead": 3 },
			[],
		],
		["reports of a client are given up", { ...wellMinute, AccountReportsExhausted: 1 }, ["dead-account-reports"]],
		["functions that are throttled", { ...wellMinute, "Throttles post-message": 20 }, ["functions-throttled-api"]],
		[
			"functions that end in errors",
			{ ...wellMinute, "Errors receipts": 12 },
			["functions-failing-queues", "release-failing-queues"],
		],
	])("that ring if %s are these only", (_, minute, names) => {
		expect([...ringingAlarms(minute)].sort()).toEqual([...names].sort());
	});
});

describe("the alarm dead-lanes, by the data of single minutes", () => {
	const minuteMs = 60_000;
	const alarm = deployedAlarms(gatewayTemplate, "smsgw-sample-").find(({ name }) => name === "dead-lanes-kcell");

	/** The visible entries, those in flight and those that failed, in turn. Without failures the last metric has no data. */
	it.each<[string, readonly number[], readonly number[], readonly number[], boolean]>([
		["handled in seconds, time and again", [0, 1, 0, 2], [1, 0, 2], [], false],
		["handled in seconds, and some at the second try", [0, 1, 0, 2], [1, 0, 2], [1, ...Array(19).fill(0)], false],
		["not read", [1], [0], [], true],
		["read every two minutes in vain", [0], [1], [1, 0], true],
		["read every two minutes in vain, and visible for a moment", [0, 0, 0, 1], [1, 1, 1, 0], [0, 1], true],
	])("%s", (_, visible, inFlight, failed, rings) => {
		const pointsOf = (of: readonly number[]) =>
			Array.from({ length: of.length === 0 ? 0 : 60 }, (_, minute) => ({
				...{ namespace: "", name: "", dimensions: "", at: minute * minuteMs },
				value: of[minute % of.length] ?? 0,
			}));
		const points = (_: string, name: string, dimensions: string) => {
			if (dimensions === "consumer=lane-dead-letters") return pointsOf(failed).filter(({ value }) => value > 0);
			if (!dimensions.endsWith("lane-kcell-bulk-dead")) return [];
			return pointsOf(name === "ApproximateNumberOfMessagesVisible" ? visible : inFlight);
		};

		expect([40, 45, 50, 53, 57].map((minute) => alarm?.rings(points, minute * minuteMs, 0))).toEqual(
			Array(5).fill(rings),
		);
	});
});

describe("the evaluation of metric math", () => {
	it.each([
		["FILL(a,0)+FILL(b,0)", { a: 1 }, 1],
		["a+b", { a: 1 }, undefined],
		["MAX([a,b,c])", { a: 1, c: 5 }, 5],
		["MAX([a])", {}, undefined],
		["IF(FILL(a,0)>=2 && FILL(b,0)==0,100*a/4,0)", { a: 2 }, 50],
		["IF(a>1,1,0)-2*3", { a: 1 }, -6],
	])("%s of %j is %s", (expression, values: Readonly<Record<string, number>>, result) => {
		expect(evaluated(expression, (id) => values[id])).toBe(result);
	});
});

describe("the evaluation of a deployed alarm", () => {
	const minuteMs = 60_000;
	const at = 1_000 * minuteMs;

	/** The tables of the CloudWatch user guide: data points of the last five periods, X breaches, - is missing. */
	it.each([
		[3, "0-X-X", false, false],
		[3, "0----", false, false],
		[3, "-----", true, false],
		[3, "0XX-X", true, true],
		[3, "----X", true, false],
		[3, "X----", true, false],
		[2, "0-X-X", true, true],
		[2, "00X0X", true, true],
		[2, "0-X--", true, false],
		[2, "----0", true, false],
		[2, "----X", true, false],
	])("that needs %i of 3 and has %s rings if missing data breaches: %s, if not: %s", (needed, data, ...rings) => {
		const points = [...data].flatMap((what, index) =>
			what === "-"
				? []
				: { namespace: "n", name: "m", dimensions: "", at: at - (5 - index) * minuteMs, value: what === "X" ? 9 : 0 },
		);
		const rung = ["breaching", "notBreaching"].map((TreatMissingData) => {
			const metric = { Namespace: "n", MetricName: "m", Period: 60, Statistic: "Maximum" };
			const counts = { EvaluationPeriods: 3, DatapointsToAlarm: needed, Threshold: 5 };
			const compared = { ComparisonOperator: "GreaterThanOrEqualToThreshold", TreatMissingData };
			const Properties = { AlarmName: "stage-one", ...metric, ...counts, ...compared };
			const Resources = { one: { Type: "AWS::CloudWatch::Alarm", Properties, Metadata: {} } };
			const [alarm] = deployedAlarms({ Resources, Outputs: {} }, "stage-");
			return alarm?.rings(() => points, at, 0);
		});

		expect(rung).toEqual(rings);
	});
});
