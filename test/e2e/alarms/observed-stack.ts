import { closeSync, openSync, readSync } from "node:fs";
import type { LocalStack } from "#local/local-stack-options.ts";
import { localRegion } from "#local/local-stage.ts";
import { awsJson } from "#local/wire/aws-json.ts";
import type { FastClock } from "../fast-clock.ts";
import { type DataPoint, dataPointsIn } from "./data-points.ts";
import { deployedAlarms } from "./deployed-alarms.ts";

const minuteMs = 60_000;
/** So old is the newest data that CloudWatch has. */
const lateMs = minuteMs;

/** An alarm that began to ring. */
export type Ring = { readonly name: string; readonly at: number };

/**
 * Collects the metrics of a local stack: those that its processes write to the log, and those that AWS would publish of its queues,
 * task and API. Evaluates its alarms every minute of the stack's time.
 */
export type ObservedStack = {
	readonly alarms: ReturnType<typeof deployedAlarms>;
	readonly rings: readonly Ring[];
	/** The alarms that ring now. */
	readonly ringing: ReadonlySet<string>;
	/** Counts an answer of the API as API Gateway does, which publishes 0 for each that is no failure. */
	answered(status: number): void;
	close(): void;
};

export function observe(localStack: LocalStack, clock: FastClock): ObservedStack {
	const since = clock.now();
	const alarms = deployedAlarms(localStack.template, "smsgw-local-");
	const points = new Map<string, DataPoint[]>();
	const add = (point: DataPoint) => {
		const key = keyOf(point.namespace, point.name, point.dimensions);
		const known = points.get(key);
		if (known) known.push(point);
		else points.set(key, [point]);
	};
	const log = tailOf(localStack.logFile);
	const sample = samplerOf(localStack, clock, add);
	let ringing: ReadonlySet<string> = new Set();
	const rings: Ring[] = [];
	let evaluatedAt = Math.ceil(since / minuteMs) * minuteMs;
	let sampledAt = 0;

	const evaluate = (at: number) => {
		const pointsOf = (...metric: Parameters<typeof keyOf>) =>
			(points.get(keyOf(...metric)) ?? []).filter((point) => point.at < at - lateMs);
		const now = new Set(alarms.filter(({ rings }) => rings(pointsOf, at, since)).map(({ name }) => name));
		for (const name of now) if (!ringing.has(name)) rings.push({ name, at });
		ringing = now;
	};
	const timer = setInterval(() => {
		for (const line of log.newLines()) for (const point of dataPointsIn(line)) add(point);
		if (clock.now() - sampledAt >= minuteMs / 2) {
			sampledAt = clock.now();
			void sample().catch(() => undefined);
		}
		for (; evaluatedAt + minuteMs <= clock.now(); evaluatedAt += minuteMs) evaluate(evaluatedAt + minuteMs);
	}, 200);
	return {
		alarms,
		rings,
		get ringing() {
			return ringing;
		},
		answered: (status) => {
			const value = Number(status >= 500);
			add({ namespace: "AWS/ApiGateway", name: "5xx", dimensions: "", at: clock.now(), value });
		},
		close() {
			clearInterval(timer);
			log.close();
		},
	};
}

const keyOf = (namespace: string, name: string, dimensions: string) => `${namespace} ${name} ${dimensions}`;

/** What SQS publishes of each queue, and the load balancer of its healthy tasks. */
function samplerOf(localStack: LocalStack, clock: FastClock, add: (point: DataPoint) => void) {
	const sqs = awsJson("sqs", localStack.endpoints.sqs, localRegion);
	const queues = Object.values(localStack.plan.queues);
	return async () => {
		const at = clock.now();
		const healthy = await fetch(localStack.healthUrl(), { signal: AbortSignal.timeout(1_000) }).then(
			({ ok }) => ok,
			() => false,
		);
		add({ namespace: "AWS/NetworkELB", name: "HealthyHostCount", dimensions: "", at, value: Number(healthy) });
		for (const queue of queues) {
			const { Attributes } = await sqs("GetQueueAttributes", {
				QueueUrl: queue.url,
				AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
			});
			const counts = Attributes as Record<string, string>;
			const dimensions = `QueueName=${queue.name}`;
			const visible = Number(counts["ApproximateNumberOfMessages"]);
			const inFlight = Number(counts["ApproximateNumberOfMessagesNotVisible"]);
			add({ namespace: "AWS/SQS", name: "ApproximateNumberOfMessagesVisible", dimensions, at, value: visible });
			add({ namespace: "AWS/SQS", name: "ApproximateNumberOfMessagesNotVisible", dimensions, at, value: inFlight });
		}
	};
}

function tailOf(file: string) {
	const fd = openSync(file, "r");
	const chunk = Buffer.alloc(1 << 20);
	let position = 0;
	let rest = "";
	return {
		newLines(): readonly string[] {
			for (let read = readSync(fd, chunk, 0, chunk.length, position); read > 0; ) {
				position += read;
				rest += chunk.toString("utf8", 0, read);
				read = readSync(fd, chunk, 0, chunk.length, position);
			}
			const lines = rest.split("\n");
			rest = lines.pop() ?? "";
			return lines;
		},
		close: () => closeSync(fd),
	};
}
