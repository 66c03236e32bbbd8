import { describe, expect, it } from "vitest";
import type { Exchange, Kit, KitAnswer } from "#admin/conformance/exchange.ts";
import { checks, judge } from "#admin/conformance/judge.ts";
import { reportHtml } from "#admin/conformance/report-html.ts";
import { sentences } from "#admin/conformance/sentences.ts";
import { smppSteps } from "#admin/conformance/smpp-steps.ts";
import { steps } from "#admin/conformance/steps.ts";

const aKit = (exchanges: readonly (readonly [string, Exchange])[] = []): Kit => ({
	user: "demo",
	sender: "SMSGW",
	recipient: "77010000000",
	runId: "0123456789-a",
	startedAt: Date.UTC(2026, 10, 28, 6, 0, 0),
	exchanges: new Map(exchanges),
});

const anAnswer = (given: Partial<KitAnswer> = {}): KitAnswer => {
	const text = given.text ?? "{}";
	return { status: 200, headers: {}, text, json: JSON.parse(text), ...given };
};

describe("the conformance kit", () => {
	it("checks only what a step asks, and quotes the document for each point and for no other", () => {
		const names = [...[...steps, ...smppSteps].map(({ name }) => name), "reports", "smpp receipts"];

		expect(new Set(names).size).toBe(names.length);
		expect(checks.filter(({ step }) => !names.includes(step))).toEqual([]);
		expect(names.filter((name) => !checks.some(({ step }) => step === name))).toEqual([]);
		expect([...new Set(checks.map(({ point }) => point))].sort()).toEqual(Object.keys(sentences).sort());
	});

	it("gives the recipient only to steps that need --send", () => {
		const kit = aKit();
		const asked = steps
			.filter(({ sends }) => !sends)
			.map(({ request }) => request(kit))
			.filter((request) => request?.body?.includes(kit.recipient));

		const account = { systemId: "demo", password: "demo", ...kit };
		const submitted = smppSteps
			.filter(({ sends }) => !sends)
			.map(({ request }) => JSON.stringify(request(account)))
			.filter((request) => request.includes(kit.recipient));

		expect([...asked, ...submitted]).toEqual([]);
	});

	it("makes client ids that the document allows, different in each message", () => {
		const kit = aKit();
		const bodies = steps.flatMap(({ request, name }) => (name === "long client id" ? [] : (request(kit)?.body ?? [])));
		const ids = bodies.flatMap((body) => [...body.matchAll(/"client_message_id":"([^"]+)"/g)].map(([, id = ""]) => id));

		expect(ids.length).toBeGreaterThan(10);
		expect(ids.filter((id) => id.length > 64 || /\s/.test(id))).toEqual([]);
		/* Only the repeated message has an id from an earlier request. */
		expect(ids.length - new Set(ids).size).toBe(1);
	});

	it("tells differences from the document apart from those that it leaves open", () => {
		const request = { method: "GET", path: "/senders" } as const;
		const names = anAnswer({ status: 500, text: '{"senders":["SMSGW"]}' });
		const findings = judge(aKit([["senders", { request, answer: names }]])).filter(({ step }) => step === "senders");

		expect(findings.map(({ point, verdict }) => [point, verdict])).toEqual([
			["R11", "differs"],
			["A46", "settled otherwise"],
			["R2", "differs"],
		]);
	});

	it("lists a request that was not made as not tried, and one without an answer as a difference", () => {
		const request = { method: "GET", path: "/senders" } as const;
		const findings = judge(aKit([["senders", { request, answer: { failed: "refused" } }]]));

		expect(findings.find(({ point }) => point === "R11")).toMatchObject({
			verdict: "differs",
			detail: "no answer: refused",
		});
		expect(findings.filter(({ verdict }) => verdict === "not tried").length).toBe(findings.length - 3);
	});

	it("takes any JSON as an answer without failing", () => {
		const answers = [
			"null",
			"5",
			'"x"',
			"[]",
			"[null]",
			"{}",
			'[{"segments":5}]',
			'{"segments":[null]}',
			'{"message_id":{}}',
		];
		for (const text of answers) {
			const exchange = (name: string) =>
				[name, { request: { method: "GET", path: "/" }, answer: anAnswer({ text }) }] as const;

			const names = [...[...steps, ...smppSteps].map(({ name }) => name), "reports", "smpp receipts"];

			expect(judge(aKit(names.map(exchange))).length).toBe(checks.length);
		}
	});

	it("writes a page in which an answer is text", () => {
		const request = { method: "GET", path: "/senders" } as const;
		const answer = anAnswer({ text: '{"x":"<script>alert(1)</script>"}' });

		expect(reportHtml("<b>", "", judge(aKit([["senders", { request, answer }]])))).not.toMatch(/<script>|<title><b>/);
	});
});
