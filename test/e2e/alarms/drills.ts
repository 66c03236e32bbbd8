import type { AlarmArticle } from "#infra/alarms.ts";
import { operators } from "#shared/domain/message/operators.ts";
import {
	all,
	type Fault,
	foreignReceipts,
	incoming,
	noQueueForTheTask,
	notConsumed,
	notSwept,
	oneBindFalls,
	refused,
	refusedToFunctions,
	smscAnswers,
	smscAway,
	taskHangs,
	throttled,
	unanswered,
	unreadableEntries,
	unreadableMessage,
	urgentMessages,
	webhooksFail,
	wrongRequests,
} from "./faults.ts";

/** A fault, and the alarms that must ring. */
export type Drill = {
	readonly title: string;
	readonly fault: Fault;
	readonly rings: readonly string[];
	/** Those that ring only when the fault is over. */
	readonly ringsAfter?: readonly string[];
	/** Those that may ring or not when a backlog is worked off. */
	readonly mayRing?: readonly string[];
	/** Those that then stay on for long, as they look at an hour or at what lies in a queue. */
	readonly lingering?: readonly string[];
};

export const taskDrills: readonly Drill[] = [
	{
		title: "the only task hangs",
		fault: taskHangs,
		rings: [...operators.map((name) => `operator-unbound-${name}`), "task-gone", "task-stalled"],
	},
];

const remains = ["receipts-orphaned-kcell", "dead-receipts", "dead-due-shards"];
const objectives = ["submit-objective-urgent-fast", "submit-objective-urgent-slow"];

/**
 * The time limit of a call to AWS is 150 ms of this machine, as the clock is twenty times as fast. If other work keeps the machine busy,
 * calls time out when a backlog is worked off.
 */
const backlogTimesOut = "release-failing-queues";

export const operatorDrills: readonly Drill[] = [
	{
		title:
			"an operator is away, one refuses, one does not answer, one has lost a bind; foreign receipts and unreadable due checks come",
		fault: all(
			foreignReceipts("kcell"),
			smscAway("altel"),
			smscAnswers("kcell", refused),
			smscAnswers("tele2", unanswered),
			oneBindFalls("beeline"),
			unreadableEntries("due-shards"),
		),
		rings: [
			"operator-unbound-altel",
			/* The canary is urgent, and goes to this operator. */
			"lane-late-urgent-altel",
			"canary-late",
			"operator-refusing-kcell",
			"operator-refusing-tele2",
			"binds-lost-beeline",
			...remains,
		],
		lingering: remains,
	},
	{
		title: "the queues refuse the task, and the table of messages refuses new ones",
		fault: all(noQueueForTheTask, refusedToFunctions(/INSERT INTO/)),
		rings: ["task-stalled", "api-failing", "release-failing-api"],
		/* The canary's messages are not sent either. */
		mayRing: ["canary-late", backlogTimesOut],
		lingering: remains,
	},
	{
		title: "codes wait, and there are rows and dead letters that cannot be read",
		fault: all(
			unreadableMessage,
			urgentMessages,
			smscAnswers("kcell", throttled),
			unreadableEntries("reports-dead", "incoming-dead", "lane-kcell-bulk-dead"),
		),
		rings: ["lane-late-urgent-kcell", "rows-unreadable", "dead-reports", "dead-incoming", "dead-lanes-kcell"],
		ringsAfter: objectives,
		/* The foreign receipts of the first drill are given up about now. */
		mayRing: ["receipts-orphaned-kcell"],
		lingering: [
			...[...remains, ...objectives],
			...["rows-unreadable", "dead-reports", "dead-incoming", "dead-lanes-kcell"],
		],
	},
];

/** Receipts that waited are applied late, and their reports are sent late. */
const lateReports = ["report-objective-bulk-fast", "report-objective-bulk-slow"];

export const functionDrills: readonly Drill[] = [
	{
		title: "receipts are not consumed, and a client sends wrong requests",
		fault: all(notConsumed("receipts"), wrongRequests),
		rings: ["consumer-silent-receipts", "canary-late", "requests-refused-rest"],
		ringsAfter: lateReports,
		mayRing: ["receipts-late", backlogTimesOut],
		lingering: lateReports,
	},
	{
		title:
			"no sweep is called, due checks are not consumed, messages from subscribers cannot be stored, and no client takes its reports",
		fault: all(
			notSwept,
			notConsumed("due-shards"),
			refusedToFunctions(/smsgw-local-incoming"/),
			incoming,
			webhooksFail,
		),
		rings: [
			"sweep-silent",
			"consumer-silent-check-due",
			"entries-failing-incoming",
			"release-failing-queues",
			"webhooks-failing",
		],
		/* The heartbeats that waited in the first drill are counted about now. */
		mayRing: ["due-checks-late", "receipts-late"],
		lingering: ["sweep-silent", ...lateReports],
	},
];

/** Alarms that no drill sets off, with the reason. `test/infra/alarm-drills.test.ts` has data points for them. */
export const undrilled: Partial<Readonly<Record<AlarmArticle, string>>> = {
	"dead-account-reports": "an entry must be received a thousand times",
	"lane-late-bulk": "a message must wait for two hours",
	"receipts-late": "the queue needs a backlog of more than five minutes",
	"due-checks-late": "the queue needs a backlog of more than ten minutes",
	"reports-late": "the queue needs a backlog of more than ten minutes",
	"reports-unconfirmed": "a client must be away for eight hours",
	"functions-failing": "a function must crash: the handlers answer for every error",
	"functions-throttled": "only Lambda limits concurrency",
	"task-overloaded": "only ECS measures CPU and memory",
	"tables-throttled": "only DynamoDB throttles",
	"certificate-expiring": "only ACM counts the days",
	"nat-ports-exhausted": "only a NAT gateway runs out of ports",
};
