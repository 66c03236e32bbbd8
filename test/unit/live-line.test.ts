import { describe, expect, it } from "vitest";
import { liveLines } from "#local/live-log/live-line.ts";

const time = "2026-11-28T09:00:00.000Z";
const logged = (event: string, fields: object, level = "info") =>
	JSON.stringify({ level, time, part: "smpp", ...fields, event });
const shown = (line: string) => liveLines(line).map(({ what, who, text, tone }) => `${tone}: ${what} ${who} ${text}`);

describe("the live log of npm start", () => {
	it.each([
		[
			"messages.accepted",
			{ user_name: "demo", operator: "kcell", message_ids: [7] },
			"plain: accepted demo 7 for kcell",
		],
		[
			"messages.submitted",
			{ operator: "kcell", status: "SENT", message_ids: [7], smsc_ids: [["a", "b"]] },
			"plain: submitted kcell 7, SMSC id a b",
		],
		["messages.ended", { operator: "kcell", status: "DELIVERED", message_ids: [7] }, "good: DELIVERED kcell 7"],
		["messages.ended", { operator: "kcell", status: "ACCEPTED", message_ids: [7] }, "good: ACCEPTED kcell 7"],
		["client.bound", { user_name: "d\u202eo", address: "::1" }, "good: client bound d?o ::1"],
		[
			"messages.ended",
			{ operator: "kcell", status: "FAILED", error_code: "12", message_ids: [7] },
			"bad: FAILED kcell 7, code 12",
		],
		[
			"report.confirmed",
			{ user_name: "demo", report_batch: "r", message_ids: [7], lag_ms: 4 },
			"plain: reported demo 7",
		],
		[
			"report.unconfirmed",
			{ user_name: "demo", report_batch: "r", tries: 2, why: "status 500", age_ms: 9 },
			"bad: report failed demo status 500, attempt 2",
		],
		[
			"mo.received",
			{ operator: "kcell", recipient: "9090", messages: 1, message_ids: [8] },
			"plain: incoming kcell 8 to 9090",
		],
		[
			"bind.up",
			{ operator: "tele2", host: "127.0.0.1", port: 2775, as: "transceiver" },
			"good: bind up tele2 127.0.0.1:2775 as transceiver",
		],
		[
			"bind.down",
			{ operator: "tele2", host: "127.0.0.1", port: 2775, reason: "connection refused", afterMs: 9 },
			"bad: bind down tele2 127.0.0.1:2775, connection refused",
		],
		[
			"bind.down",
			{ operator: "tele2", host: "127.0.0.1", port: 2775, reason: "stopped", afterMs: 9 },
			"plain: bind down tele2 127.0.0.1:2775, stopped",
		],
		["client.bound", { user_name: "demo", address: "::1", as: "receiver" }, "good: client bound demo ::1 as receiver"],
	])("shows %s as a short line", (event, fields, expected) => {
		expect(shown(logged(event, fields))).toEqual([expected]);
	});

	it("shows a line for each of a few messages, and one for many", () => {
		const accepted = (ids: readonly number[]) =>
			shown(logged("messages.accepted", { user_name: "demo", operator: "kcell", message_ids: ids }));

		expect(accepted([1, 2])).toEqual(["plain: accepted demo 1 for kcell", "plain: accepted demo 2 for kcell"]);
		expect(accepted([1, 2, 3, 4])).toEqual(["plain: accepted demo 4 messages: 1, 2, 3, …"]);
	});

	it("shows nothing of metrics, states and other events that are no fault", () => {
		const metrics = JSON.stringify({ _aws: { Timestamp: 1, CloudWatchMetrics: [] }, SubmitRate: [1] });

		const exited = JSON.stringify({ time, part: "local-stack", event: "process.exited", process: "smpp" });

		expect([metrics, "", logged("operator.state", { operator: "kcell" }), exited].flatMap(shown)).toEqual([]);
	});

	it("shows warnings and errors of any event in one line, with the message of an error", () => {
		const err = { type: "Error", message: "no\nanswer", stack: "at a" };

		expect(shown(logged("lane.receive_failed", { failures: 2, err }, "warn"))).toEqual([
			"bad: lane.receive_failed  failures: 2, err: no answer",
		]);
		expect(shown(JSON.stringify({ event: "function.failed", errorType: "Timeout" }))).toEqual([
			"bad: function.failed  errorType: Timeout",
		]);
		expect(shown(logged("x.y", { why: "z".repeat(1_000) }, "error"))[0]?.length).toBeLessThan(200);
	});

	it("shows what is no JSON as it is, with no time", () => {
		expect(liveLines("Error: crash")).toEqual([
			{ at: undefined, tone: "bad", what: "", who: "", text: "Error: crash" },
		]);
	});

	it("shows control characters, which a client may have sent, as question marks", () => {
		const refused = logged("client.bind_refused", { user_name: "a\u001b[2J", reason: "x\u0007\u009b" }, "warn");

		expect(shown(refused)).toEqual(["bad: client.bind_refused a?[2J reason: x??"]);
		expect(shown("\u001b]0;title\r")).toEqual(["bad:   ?]0;title?"]);
	});

	it.each(["__proto__", "constructor", "toString"])("is not misled by an event named %s", (event) => {
		expect(shown(logged(event, {}))).toEqual([]);
	});
});
