import type { Alter, ProxiedAnswer } from "./altering-proxy.ts";

/** Changes the JSON of an answer. */
const inJson =
	(path: RegExp, change: (json: Record<string, unknown>) => unknown): Alter =>
	(request, answer) => {
		if (!path.test(`${request.method} ${request.path}`) || answer.status >= 300) return answer;
		return { ...answer, text: JSON.stringify(change(JSON.parse(answer.text))) };
	};
const without = (name: string) => (json: Record<string, unknown>) => {
	const { [name]: _, ...others } = json;
	return others;
};
const withStatus =
	(path: RegExp, from: number, status: number): Alter =>
	(request, answer): ProxiedAnswer =>
		path.test(`${request.method} ${request.path}`) && answer.status === from ? { ...answer, status } : answer;

/** Faults that are planted in a gateway's answers, and where conformance finds each. */
export const plantedFaults: readonly (readonly [string, Alter, readonly string[]])[] = [
	[
		"the id of a 201 is a number",
		inJson(/^POST \/messages$/, ({ message_id }) => ({ message_id: Number(message_id) })),
		["A2 message:"],
	],
	[
		"the 201 has no Location",
		(_, answer) =>
			answer.status === 201
				? { ...answer, headers: without("location")(answer.headers) as Record<string, string> }
				: answer,
		["R7 message:", "R10 batch:"],
	],
	["a login that is missing gets 403", withStatus(/^GET \/senders$/, 401, 403), ["R3 no login:"]],
	[
		"times are UTC",
		inJson(/^GET \/messages\/\d+$/, (json) => ({
			...json,
			init_time: new Date().toISOString().slice(0, 19).replace("T", " "),
		})),
		["A13 message, read:"],
	],
	[
		"a message that is read lacks retry_count",
		inJson(/^GET \/messages\/\d+$/, without("retry_count")),
		["R29 message, read:"],
	],
	[
		"a batch has segments",
		inJson(/^GET \/batches\//, (json) => (json as unknown as object[]).map((one) => ({ ...one, segments: [] }))),
		["R9 batch, read:"],
	],
	[
		"smcsc_id is spelt as it should be",
		(_, answer) => ({ ...answer, text: answer.text.replaceAll("smcsc_id", "smsc_id") }),
		["R35 message, segments:"],
	],
	[
		"a schedule off the step gets another code",
		(_, answer) => ({ ...answer, text: answer.text.replaceAll('"10012"', '"97"') }),
		["A9 schedule off step:"],
	],
	["a withdrawn message gets 200", withStatus(/^DELETE /, 204, 200), ["R8 scheduled, withdrawn:"]],
	[
		"a refusal has no text",
		(_, answer) => ({ ...answer, text: answer.text.replace(/"error_message":"[^"]*"/, '"error_message":""') }),
		["R14 message, repeated:"],
	],
	[
		"a schedule is not shown as planned",
		inJson(/^GET \/messages\//, (json) => ({ ...json, schedule_state: null })),
		["R34 scheduled, read:"],
	],
];
