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

/** Changes the JSON of an answer by SMPP: `from` becomes `to` wherever it stands. */
const inPdu =
	(path: RegExp, from: string | RegExp, to: string): Alter =>
	(request, answer) =>
		request.method === "SMPP" && path.test(request.path)
			? { ...answer, text: answer.text.replaceAll(from instanceof RegExp ? from : new RegExp(from, "g"), to) }
			: answer;
const withCommandStatus =
	(path: RegExp, from: number, status: number): Alter =>
	(request, answer) =>
		request.method === "SMPP" && path.test(request.path) && answer.status === from ? { ...answer, status } : answer;

/** The same of what a gateway answers by SMPP. They cannot be planted into answers by HTTP. */
export const plantedSmppFaults: readonly (readonly [string, Alter, readonly string[]])[] = [
	["a wrong password may bind", withCommandStatus(/^bind/, 14, 0), ["R5 smpp wrong password:"]],
	["a submit_sm needs no bind", withCommandStatus(/^submit_sm$/, 4, 0), ["R5 smpp not bound:"]],
	["enquire_link is answered with a status", withCommandStatus(/^enquire_link$/, 0, 8), ["R5 smpp enquire_link:"]],
	[
		"an unknown command is answered as a submit_sm",
		inPdu(/^command_id/, "generic_nack", "submit_sm_resp"),
		["R5 smpp unknown command:"],
	],
	["an unknown command gets another status", withCommandStatus(/^command_id/, 3, 2), ["R5 smpp unknown command:"]],
	["a wrong number is a system error", withCommandStatus(/^submit_sm$/, 11, 8), ["A47 smpp bad recipient:"]],
	["a foreign sender may be used", withCommandStatus(/^submit_sm$/, 10, 0), ["A47 smpp foreign sender:"]],
	[
		"a submit_sm_resp has no id",
		inPdu(/^submit_sm$/, /"message_id": "\d+"/g, '"message_id": ""'),
		["R5 smpp message:", "R5 smpp part 2:"],
	],
	[
		"the ids of receipts are hexadecimal",
		inPdu(/^deliver_sm$/, /"id:\d+/g, '"id:1a2b'),
		["R5 smpp receipts: there is no receipt"],
	],
	[
		"a receipt's esm_class is that of a message",
		inPdu(/^deliver_sm$/, /"esm_class": \d+/g, '"esm_class": 0'),
		["R5 smpp receipts: the message type"],
	],
	["a receipt has no error", inPdu(/^deliver_sm$/, / err:\w+/g, ""), ["A47 smpp receipts: short_message"]],
	[
		"a receipt lacks its id as a TLV",
		inPdu(/^deliver_sm$/, "receipted_message_id", "user_message_reference"),
		["A47 smpp receipts: receipted_message_id"],
	],
	[
		"a receipt's text and message_state differ",
		inPdu(/^deliver_sm$/, "stat:DELIVRD", "stat:UNDELIV"),
		["A47 smpp receipts: message_state"],
	],
	[
		"a long message is read as one segment",
		inJson(/^GET \/messages\/\d+$/, (json) => ({ ...json, segment_count: 1 })),
		["A47 smpp long message, read:"],
	],
];
