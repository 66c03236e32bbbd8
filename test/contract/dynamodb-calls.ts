import fc from "fast-check";

/** Generated calls to DynamoDB: few keys and few values, so that calls meet each other's items, and some calls are wrong. */
export type DynamoCall = { readonly operation: string; readonly input: Readonly<Record<string, unknown>> };

export const calledTables = [
	{
		TableName: "by-number",
		KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
		AttributeDefinitions: [{ AttributeName: "id", AttributeType: "N" }],
	},
	{
		TableName: "sorted-texts",
		KeySchema: [
			{ AttributeName: "p", KeyType: "HASH" },
			{ AttributeName: "r", KeyType: "RANGE" },
		],
		AttributeDefinitions: [
			{ AttributeName: "p", AttributeType: "S" },
			{ AttributeName: "r", AttributeType: "S" },
			{ AttributeName: "a", AttributeType: "S" },
			{ AttributeName: "n", AttributeType: "N" },
		],
		GlobalSecondaryIndexes: [
			{
				IndexName: "by-a",
				KeySchema: [
					{ AttributeName: "a", KeyType: "HASH" },
					{ AttributeName: "n", KeyType: "RANGE" },
				],
				Projection: { ProjectionType: "KEYS_ONLY" },
			},
		],
	},
	{
		TableName: "sorted-numbers",
		KeySchema: [
			{ AttributeName: "p", KeyType: "HASH" },
			{ AttributeName: "r", KeyType: "RANGE" },
		],
		AttributeDefinitions: [
			{ AttributeName: "p", AttributeType: "S" },
			{ AttributeName: "r", AttributeType: "N" },
		],
	},
] as const;

const oneOf = <Value>(...values: readonly Value[]) => fc.constantFrom(...values);
const rarely = <Value>(usual: fc.Arbitrary<Value>, rare: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
	fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: rare });
const sometimes = <Value>(name: string, value: fc.Arbitrary<Value>) =>
	fc.option(value, { nil: undefined }).map((given) => (given === undefined ? {} : { [name]: given }));

const texts = oneOf("a", "b", "ab", "b#1", "é", "𝄞", "\uffee", "a\u0000", "a\u0000b");
const numbers = oneOf("0", "1", "2", "10", "-1", "-10", "0.5", "-0.25", "1e3", "007", "123456789012345678901", "1e-7");
const textValue = texts.map((S) => ({ S }));
const numberValue = numbers.map((N) => ({ N }));
const wrongNumbers = oneOf("", "abc", "1 ", "1e126", "1e-131", "123456789012345678901234567890123456789");

const setValue = fc.oneof(
	fc.uniqueArray(texts, { minLength: 1, maxLength: 3 }).map((SS) => ({ SS })),
	fc.uniqueArray(oneOf("1", "2", "3.5", "1e2"), { minLength: 1, maxLength: 3 }).map((NS) => ({ NS })),
);
const nestedValue = fc.oneof(
	fc.array(fc.oneof(textValue, numberValue), { maxLength: 2 }).map((L) => ({ L })),
	fc.dictionary(oneOf("x", "y"), fc.oneof(textValue, numberValue), { maxKeys: 2 }).map((M) => ({ M })),
);
const wrongValue = fc.oneof(
	oneOf<unknown>({}, { S: "a", N: "1" }, { Z: "a" }, { NS: [] }, { NS: ["1", "1.0"] }, { SS: ["a", "a"] }),
	oneOf<unknown>({ NULL: false }, { M: { "": { S: "a" } } }),
	wrongNumbers.map((N) => ({ N })),
);
const value = rarely(
	fc.oneof(
		textValue,
		numberValue,
		setValue,
		nestedValue,
		oneOf({ S: "" }, { BOOL: true }, { BOOL: false }, { NULL: true }),
	),
	wrongValue,
);
const scalar = fc.oneof({ weight: 3, arbitrary: numberValue }, { weight: 2, arbitrary: textValue });

const names = ["a", "n", "set", "v", "keyword:x"] as const;
const placeholders = { "#a": "a", "#n": "n", "#set": "set", "#v": "v", "#k": "keyword:x" } as const;
const places = Object.keys(placeholders) as readonly (keyof typeof placeholders)[];

const keyOf = {
	"by-number": oneOf("1", "2", "3.0", "4").map((N) => ({ id: { N } })),
	"sorted-texts": fc.record({ p: oneOf({ S: "p" }, { S: "q\u0000" }), r: textValue }),
	"sorted-numbers": fc.record({ p: oneOf({ S: "p" }, { S: "é" }), r: numberValue }),
} as const;
type TableName = keyof typeof keyOf;
const tableName = oneOf<TableName>("by-number", "sorted-texts", "sorted-numbers");

const wrongKey = oneOf<unknown>(
	{},
	{ p: { S: "p" } },
	{ id: { S: "1" } },
	{ id: { N: "1" }, x: { S: "x" } },
	{ p: { S: "" }, r: { S: "a" } },
);
const key = (table: TableName) => rarely<unknown>(keyOf[table] as fc.Arbitrary<unknown>, wrongKey);
const item = (table: TableName) =>
	fc
		.tuple(
			key(table),
			fc.dictionary(
				oneOf(...names.filter((name) => table !== "sorted-texts" || (name !== "a" && name !== "n"))),
				value,
				{ maxKeys: 4 },
			),
			table === "sorted-texts"
				? rarely(
						fc
							.tuple(sometimes("a", oneOf({ S: "x" }, { S: "y" })), sometimes("n", numberValue))
							.map(([a, n]) => ({ ...a, ...n })),
						oneOf({ a: { N: "1" } }, { n: { S: "1" }, a: { S: "x" } }, { a: { S: "" } }),
					)
				: fc.constant({}),
		)
		.map(([own, others, indexed]) => ({ ...(own as object), ...others, ...(indexed as object) }));

/** An expression, and the values that it uses. The call gives the names of all places in it. */
type Expression = { readonly text: string; readonly values: Readonly<Record<string, unknown>> };
let valuesSoFar = 0;

const withValue = (given: fc.Arbitrary<unknown>, text: (name: string) => string): fc.Arbitrary<Expression> =>
	given.map((one) => {
		valuesSoFar += 1;
		const name = `:v${valuesSoFar}`;
		return { text: text(name), values: { [name]: one } };
	});
const joined = (parts: readonly Expression[], between: string): Expression => ({
	text: parts.map(({ text }) => text).join(between),
	values: Object.assign({}, ...parts.map(({ values }) => values)),
});

const place = oneOf(...places);
const simpleCondition: fc.Arbitrary<Expression> = fc.oneof(
	place.map((at) => ({ text: `attribute_exists(${at})`, values: {} })),
	place.map((at) => ({ text: `attribute_not_exists(${at})`, values: {} })),
	fc.tuple(place, oneOf("=", "<>")).chain(([at, sign]) => withValue(value, (name) => `${at} ${sign} ${name}`)),
	fc
		.tuple(place, oneOf("<", "<=", ">", ">="))
		.chain(([at, sign]) => withValue(rarely(scalar, value), (name) => `${at} ${sign} ${name}`)),
	place.chain((at) => withValue(rarely(textValue, scalar), (name) => `begins_with(${at}, ${name})`)),
	fc.tuple(place, numberValue).chain(([at, least]) =>
		withValue(fc.constant(least), (low) => low).chain((low) =>
			withValue(fc.constant({ N: "2000" }), (high) => `${at} BETWEEN ${low.text} AND ${high}`).map((high) => ({
				text: high.text,
				values: { ...low.values, ...high.values },
			})),
		),
	),
);
const condition: fc.Arbitrary<Expression> = fc.oneof(
	{ weight: 3, arbitrary: simpleCondition },
	{ weight: 1, arbitrary: simpleCondition.map(({ text, values }) => ({ text: `NOT ${text}`, values })) },
	{ weight: 2, arbitrary: fc.tuple(simpleCondition, simpleCondition).map((two) => joined(two, " AND ")) },
	{ weight: 2, arbitrary: fc.tuple(simpleCondition, simpleCondition).map((two) => joined(two, " OR ")) },
	{
		weight: 1,
		arbitrary: fc.tuple(simpleCondition, simpleCondition, simpleCondition).map(([one, two, three]) => ({
			...joined([joined([one, two], " OR "), three], ""),
			text: `(${one.text} or ${two.text}) and not (${three.text})`,
		})),
	},
);

const setClause = fc.uniqueArray(place, { minLength: 1, maxLength: 3 }).chain((all) =>
	fc
		.tuple(
			...all.map((at) =>
				fc.oneof(
					withValue(value, (name) => `${at} = ${name}`),
					withValue(value, (name) => `${at} = if_not_exists(${at}, ${name})`),
					fc
						.tuple(place, oneOf("+", "-"))
						.chain(([of, sign]) => withValue(rarely(numberValue, scalar), (name) => `${at} = ${of} ${sign} ${name}`)),
					place.map((of) => ({ text: `${at} = ${of}`, values: {} })),
				),
			),
		)
		.map((parts) => ({ ...joined(parts, ", "), text: `SET ${joined(parts, ", ").text}` })),
);
const addClause = place.chain((at) =>
	withValue(rarely(fc.oneof(numberValue, setValue), value), (name) => `ADD ${at} ${name}`),
);
const removeClause = place.map((at) => ({ text: `REMOVE ${at}`, values: {} }));
const update: fc.Arbitrary<Expression> = fc.oneof(
	setClause,
	addClause,
	removeClause,
	fc.tuple(setClause, addClause).map((two) => joined(two, " ")),
	fc.tuple(addClause, removeClause).map((two) => joined(two, " ")),
);

/** The names and values of expressions, rarely one too few or too many. */
function given(expressions: readonly Expression[]): fc.Arbitrary<Readonly<Record<string, unknown>>> {
	const text = expressions.map((one) => one.text).join(" ");
	const values: Record<string, unknown> = Object.assign({}, ...expressions.map((one) => one.values));
	const used = Object.entries(placeholders).filter(([name]) => new RegExp(`${name}\\b`).test(text));
	return rarely(fc.constant(0), oneOf(1, 2)).map((fault) => {
		const all = fault === 1 ? used.slice(1) : fault === 2 ? [...used, ["#unused", "x"] as const] : used;
		return {
			...(all.length > 0 && { ExpressionAttributeNames: Object.fromEntries(all) }),
			...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
		};
	});
}

const noCondition: fc.Arbitrary<Expression | undefined> = fc.constant(undefined);
const maybeCondition = fc.oneof(condition, noCondition);
const capacity = sometimes("ReturnConsumedCapacity", fc.constant("TOTAL"));

const putItem = fc
	.tuple(tableName, maybeCondition)
	.chain(([TableName, when]) =>
		fc
			.tuple(item(TableName), given(when === undefined ? [] : [when]), capacity)
			.map(([Item, names, units]) => call("PutItem", { TableName, Item, ...conditional(when), ...names, ...units })),
	);
const deleteItem = fc
	.tuple(tableName, maybeCondition)
	.chain(([TableName, when]) =>
		fc
			.tuple(key(TableName), given(when === undefined ? [] : [when]), capacity)
			.map(([Key, names, units]) => call("DeleteItem", { TableName, Key, ...conditional(when), ...names, ...units })),
	);
const getItem = tableName.chain((TableName) =>
	fc
		.tuple(key(TableName), sometimes("ConsistentRead", fc.boolean()), capacity)
		.map(([Key, isConsistent, units]) => call("GetItem", { TableName, Key, ...isConsistent, ...units })),
);
const updateItem = fc
	.tuple(tableName, update, maybeCondition)
	.chain(([TableName, change, when]) =>
		fc
			.tuple(key(TableName), given(when === undefined ? [change] : [change, when]), capacity)
			.map(([Key, names, units]) =>
				call("UpdateItem", { TableName, Key, UpdateExpression: change.text, ...conditional(when), ...names, ...units }),
			),
	);

function call(operation: string, input: DynamoCall["input"]): DynamoCall {
	return { operation, input };
}

const conditional = (when: Expression | undefined) => (when === undefined ? {} : { ConditionExpression: when.text });

const writeRequest = (table: TableName) =>
	fc.oneof(
		item(table).map((Item) => ({ PutRequest: { Item } })),
		key(table).map((Key) => ({ DeleteRequest: { Key } })),
	);
const batchWriteItem = fc
	.uniqueArray(tableName, { minLength: 1, maxLength: 2 })
	.chain((all) =>
		fc.tuple(
			fc.tuple(
				...all.map((table) =>
					rarely(
						fc.array(writeRequest(table), { minLength: 1, maxLength: 3 }),
						fc.array(writeRequest(table), { minLength: 24, maxLength: 27 }),
					).map((requests) => [table, requests] as const),
				),
			),
			capacity,
		),
	)
	.map(([all, units]) => call("BatchWriteItem", { RequestItems: Object.fromEntries(all), ...units }));
const batchGetItem = fc
	.uniqueArray(tableName, { minLength: 1, maxLength: 2 })
	.chain((all) =>
		fc.tuple(
			fc.tuple(
				...all.map((table) =>
					fc
						.tuple(fc.array(key(table), { minLength: 1, maxLength: 4 }), sometimes("ConsistentRead", fc.boolean()))
						.map(([Keys, isConsistent]) => [table, { Keys, ...isConsistent }] as const),
				),
			),
			capacity,
		),
	)
	.map(([all, units]) => call("BatchGetItem", { RequestItems: Object.fromEntries(all), ...units }));

const rangeCondition = (range: fc.Arbitrary<unknown>, isText: boolean): fc.Arbitrary<Expression> =>
	fc.oneof(
		oneOf("=", "<", "<=", ">", ">=").chain((sign) => withValue(range, (name) => `r ${sign} ${name}`)),
		isText
			? withValue(oneOf({ S: "a" }, { S: "b" }, { S: "a\u0000" }), (name) => `begins_with(r, ${name})`)
			: withValue(range, (name) => `r <> ${name}`),
		fc.tuple(range, range).chain(([low, high]) =>
			withValue(fc.constant(low), (name) => name).chain((one) =>
				withValue(fc.constant(high), (name) => `r BETWEEN ${one.text} AND ${name}`).map((two) => ({
					text: two.text,
					values: { ...one.values, ...two.values },
				})),
			),
		),
	);
const paging = (table: TableName) =>
	fc
		.tuple(
			sometimes("Limit", rarely(oneOf(1, 2, 5), fc.constant(0))),
			fc
				.option(keyOf[table] as fc.Arbitrary<unknown>, { nil: undefined, freq: 3 })
				.map((after) => (after === undefined ? {} : { ExclusiveStartKey: after })),
			sometimes("ConsistentRead", fc.boolean()),
			capacity,
		)
		.map((all) => Object.assign({}, ...all) as Readonly<Record<string, unknown>>);
const query = oneOf("sorted-texts" as const, "sorted-numbers" as const).chain((TableName) => {
	const isText = TableName === "sorted-texts";
	const hash = withValue(rarely(oneOf({ S: "p" }, { S: "q\u0000" }, { S: "é" }), numberValue), (name) => `p = ${name}`);
	const range = rangeCondition(rarely<unknown>(isText ? textValue : numberValue, scalar), isText);
	return fc
		.tuple(hash, fc.option(range, { nil: undefined }), paging(TableName), sometimes("ScanIndexForward", fc.boolean()))
		.chain(([one, two, page, order]) => {
			const all = two === undefined ? [one] : [one, two];
			/* DynamoDB Local knows that nothing follows an item at such a bound. DynamoDB promises no such thing. */
			const isBound = / (=|<=|>=|BETWEEN) /.test(two?.text ?? "");
			const { Limit: _, ExclusiveStartKey: __, ...whole } = page;
			return given(all).map((names) =>
				call("Query", {
					TableName,
					KeyConditionExpression: joined(all, " AND ").text,
					...names,
					...(isBound ? whole : page),
					...order,
				}),
			);
		});
});
const queryIndex = fc
	.tuple(
		withValue(oneOf({ S: "x" }, { S: "y" }), (name) => `a = ${name}`),
		fc.option(
			oneOf("=", "<", "<=", ">", ">=").chain((sign) => withValue(numberValue, (name) => `n ${sign} ${name}`)),
			{ nil: undefined },
		),
		sometimes("ScanIndexForward", fc.boolean()),
		capacity,
	)
	.chain(([one, two, ...others]) => {
		const all = two === undefined ? [one] : [one, two];
		return given(all).map((names) =>
			call("Query", {
				TableName: "sorted-texts",
				IndexName: "by-a",
				KeyConditionExpression: joined(all, " AND ").text,
				...names,
				...Object.assign({}, ...others),
			}),
		);
	});
const scan = fc
	.tuple(tableName, sometimes("ConsistentRead", fc.boolean()), capacity)
	.map(([TableName, isConsistent, units]) => call("Scan", { TableName, ...isConsistent, ...units }));

/** Statements as the gateway writes them: keys and conditions joined by AND. */
const statement = tableName.chain((table) => {
	const isNumber = table === "by-number";
	const keys = keyOf[table] as fc.Arbitrary<Readonly<Record<string, unknown>>>;
	const pairs = (all: Readonly<Record<string, unknown>>) => Object.entries(all);
	const where = isNumber ? "id = ?" : "p = ? AND r = ?";
	const extra = fc.option(fc.tuple(oneOf("v", "n", `"set"`), oneOf("=", "<", "<=", ">", ">="), scalar), {
		nil: undefined,
	});
	const ending = (more: readonly [string, string, unknown] | undefined) =>
		more === undefined ? "" : ` AND ${more[0]} ${more[1]} ?`;
	const extraValues = (more: readonly [string, string, unknown] | undefined) => (more === undefined ? [] : [more[2]]);
	return fc.oneof(
		fc.tuple(keys, fc.dictionary(oneOf("v", "set", "keyword:x"), value, { maxKeys: 2 })).map(([own, others]) => {
			const all = pairs({ ...own, ...others });
			return {
				Statement: `INSERT INTO "${table}" VALUE {${all.map(([name]) => `'${name}': ?`).join(", ")}}`,
				Parameters: all.map(([, one]) => one),
			};
		}),
		fc.tuple(keys, value, numberValue, extra).map(([own, one, two, more]) => ({
			Statement: `UPDATE "${table}" SET v = ?, "set" = ? WHERE ${where}${ending(more)}`,
			Parameters: [one, two, ...pairs(own).map(([, part]) => part), ...extraValues(more)],
		})),
		fc.tuple(keys, extra).map(([own, more]) => ({
			Statement: `DELETE FROM "${table}" WHERE ${where}${ending(more)}`,
			Parameters: [...pairs(own).map(([, part]) => part), ...extraValues(more)],
		})),
	);
});
const tableOf = ({ Statement }: { readonly Statement: string }) => /"([^"]+)"/.exec(Statement)?.[1];
const batchExecuteStatement = fc
	.tuple(
		rarely(
			/* DynamoDB Local carries out some statements of a batch that it refuses because two have one item. */
			fc.uniqueArray(statement, { minLength: 1, maxLength: 3, selector: tableOf }),
			fc.array(statement, { minLength: 26, maxLength: 26 }),
		),
		capacity,
	)
	.map(([Statements, units]) => call("BatchExecuteStatement", { Statements, ...units }));

const calls = {
	PutItem: putItem,
	UpdateItem: updateItem,
	BatchWriteItem: batchWriteItem,
	BatchExecuteStatement: batchExecuteStatement,
	GetItem: getItem,
	BatchGetItem: batchGetItem,
	Query: query,
	"Query of an index": queryIndex,
	Scan: scan,
	DeleteItem: deleteItem,
} as const;

/** So many of each operation, mixed. The same seed gives the same calls. */
export function generatedCalls(ofEach: number, seed: number): readonly DynamoCall[] {
	valuesSoFar = 0;
	const all = Object.values(calls).map((one) => fc.sample(one as fc.Arbitrary<DynamoCall>, { numRuns: ofEach, seed }));
	return Array.from({ length: ofEach }, (_, index) => all.flatMap((some) => some[index] ?? [])).flat();
}
