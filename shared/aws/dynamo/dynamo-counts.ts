import { type DynamoDBClient, paginateQuery, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Count, CountStep, Ending, HourCounts, Measure } from "../../domain/counts/count.ts";
import { type Operator, operators, rnCodes } from "../../domain/message/operators.ts";
import { priorities } from "../../domain/message/priorities.ts";
import { type FinalStatus, statuses } from "../../domain/message/statuses.ts";
import type { CountStore } from "../../usecases/counts/count-store.ts";
import { malformed, text } from "./columns.ts";
import type { Item } from "./dynamo-items.ts";
import { type RowLog, readableRows, rowReading } from "./readable-rows.ts";

/** An expression has at most 4 KB and 300 operators. */
const attributesMax = 100;

/** The default of a stage. */
const usualRetentionMs = 400 * 24 * 60 * 60_000;

const busyNames: readonly string[] = [
	"ProvisionedThroughputExceededException",
	"RequestLimitExceeded",
	"ThrottlingException",
];

/** There was no connection, so nothing was sent. */
const unsentCodes: readonly string[] = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"];

function isNotAdded(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	return busyNames.includes(error.name) || ("code" in error && unsentCodes.includes(String(error.code)));
}

/**
 * The counts of the Counts table, to be read.
 * @param client may repeat a call.
 */
export function dynamoCountReads(client: DynamoDBClient, table: string, log: RowLog): Pick<CountStore, "read"> {
	const reading = rowReading(log, "counts", ["user_name", "hour"], hourCountsOf);
	return {
		async read(userName, from, to) {
			const rows: HourCounts[] = [];
			const pages = paginateQuery(
				{ client },
				{
					TableName: table,
					ConsistentRead: true,
					KeyConditionExpression: "user_name = :user AND #hour BETWEEN :from AND :to",
					ExpressionAttributeNames: { "#hour": "hour" },
					ExpressionAttributeValues: {
						":user": { S: userName },
						":from": { S: hourText(from) },
						":to": { S: hourText(to - 1) },
					},
				},
			);
			for await (const { Items = [] } of pages) rows.push(...readableRows(Items, reading).rows);
			return rows;
		},
	};
}

/**
 * Counts in the Counts table: a row for each account and hour, with an attribute for each count. Their names are short, so that a row
 * stays below 1 KB, which is one write unit.
 * @param client makes one attempt only: a repeated call might count twice.
 * @param retentionMs how long an hour is kept, unless its row says so already.
 */
export function dynamoCounts(
	client: DynamoDBClient,
	table: string,
	log: RowLog,
	retentionMs = usualRetentionMs,
): CountStore {
	async function addSome({ userName, hour }: HourCounts, numbers: readonly (readonly [string, number])[]) {
		const added = numbers.map((_, index) => `#${index} :${index}`).join(", ");
		await client.send(
			new UpdateItemCommand({
				TableName: table,
				Key: { user_name: { S: userName }, hour: { S: hourText(hour) } },
				UpdateExpression: `ADD ${added} SET #ttl = if_not_exists(#ttl, :ttl)`,
				ExpressionAttributeNames: {
					"#ttl": "ttl",
					...Object.fromEntries(numbers.map(([name], index) => [`#${index}`, name])),
				},
				ExpressionAttributeValues: {
					":ttl": { N: String(Math.ceil((hour + retentionMs) / 1_000)) },
					...Object.fromEntries(numbers.map(([, value], index) => [`:${index}`, { N: String(value) }])),
				},
			}),
		);
	}

	return {
		async add(counts) {
			const numbers = counts.counts.flatMap(numbersOf);
			for (let start = 0; start < numbers.length; start += attributesMax) {
				try {
					await addSome(counts, numbers.slice(start, start + attributesMax));
				} catch (error) {
					if (start === 0 && isNotAdded(error)) return false;
					throw error;
				}
			}
			return true;
		},
		...dynamoCountReads(client, table, log),
	};
}

/** `2026-11-28T09Z`: sorted as text, hours are in order. */
const hourText = (at: number) => `${new Date(at).toISOString().slice(0, 13)}Z`;

export function hourCountsOf(item: Item): HourCounts {
	const hour = Date.parse(text("hour").read(item["hour"]).replace("Z", ":00:00Z"));
	if (Number.isNaN(hour)) malformed("hour", item["hour"]);
	return { userName: text("user_name").read(item["user_name"]), hour, counts: countsIn(item) };
}

const stepLetters = {
	accepted: "a",
	left: "l",
	submitted: "s",
	owed: "w",
	reported: "r",
	incoming: "i",
} as const satisfies Record<CountStep, string>;

const statusLetters = {
	DELIVERED: "D",
	FAILED: "F",
	EXPIRED: "E",
	UNDELIVERABLE: "U",
	ACCEPTED: "A",
	INVALID: "I",
	REJECTED: "R",
	DELETED: "X",
} as const satisfies Record<FinalStatus, string>;

/** Of messages without an operator. */
const noOperator = "00";

const isStep = (measure: Measure): measure is CountStep => measure in stepLetters;

/** `020E22`: EXPIRED with 22, by the operator with rn_code 02, at priority 0. */
function nameOf({ operator, priority, measure }: Omit<Count, "messages" | "segments">): string {
	const place = `${operator === null ? noOperator : rnCodes[operator]}${priority}`;
	if (isStep(measure)) return `${place}${stepLetters[measure]}`;
	const [status, code = ""] = measure.split(":");
	return `${place}${statusLetters[status as FinalStatus]}${code}`;
}

/** The messages, and with `+` the segments that they have more than one each: mostly there are none. */
function numbersOf(count: Count): readonly (readonly [string, number])[] {
	const name = nameOf(count);
	const more = count.segments - count.messages;
	return [
		...(count.messages === 0 ? [] : [[name, count.messages] as const]),
		...(more === 0 ? [] : [[`${name}+`, more] as const]),
	];
}

const namePattern = /^(\d\d)([0-3])([a-zA-Z])(\d*)(\+?)$/;
const operatorOf = new Map<string, Operator | null>([
	[noOperator, null],
	...operators.map((operator) => [rnCodes[operator], operator] as const),
]);
const stepOf = new Map<string, CountStep>(
	Object.entries(stepLetters).map(([step, letter]) => [letter, step as CountStep]),
);
const statusOf = new Map<string, FinalStatus>(
	statuses.flatMap((status) =>
		status in statusLetters ? [[statusLetters[status as FinalStatus], status as FinalStatus]] : [],
	),
);

/** A count that a newer version wrote is left out. */
function countsIn(item: Item): readonly Count[] {
	const counts = new Map<string, Count>();
	for (const [attribute, value] of Object.entries(item)) {
		const [, rnCode = "", digit, letter = "", code = "", more] = namePattern.exec(attribute) ?? [];
		const operator = operatorOf.get(rnCode);
		const priority = priorities.find((one) => String(one) === digit);
		const measure = measureOf(letter, code);
		if (operator === undefined || priority === undefined || measure === undefined) continue;
		const name = nameOf({ operator, priority, measure });
		const known = counts.get(name) ?? { operator, priority, measure, messages: 0, segments: 0 };
		const times = Number(value.N);
		counts.set(name, {
			...known,
			messages: known.messages + (more === "" ? times : 0),
			segments: known.segments + times,
		});
	}
	return [...counts.values()];
}

function measureOf(letter: string, code: string): Measure | undefined {
	const status = statusOf.get(letter);
	if (status === undefined) return code === "" ? stepOf.get(letter) : undefined;
	return (code === "" ? status : `${status}:${code}`) satisfies Ending;
}
