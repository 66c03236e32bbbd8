import { describe, expect, it } from "vitest";
import { smppPort, smppTlsPort } from "#infra/task-ports.ts";
import { bodyBytesMax } from "#lambdas/http/body-text.ts";
import { demoWebhookSecret } from "#local/seed.ts";
import { messagesMax } from "#shared/contracts/batch-body.ts";
import { openApiDocument } from "#shared/contracts/openapi/document.ts";
import { textMax } from "#shared/domain/accept/message-request.ts";
import { scheduleRange } from "#shared/domain/accept/new-message.ts";
import { incomingTextMax } from "#shared/domain/incoming/incoming-message.ts";
import { lifetimeMaxMs } from "#shared/domain/message/retention.ts";
import { answerLimitMs } from "#shared/domain/reports/report-retries.ts";
import { meaningOf } from "#shared/domain/send/status-meanings.ts";
import { validatorOf } from "#test/described-answers.ts";
import { type GuidePage, guidePages, withTables } from "#test/documentation/guides/guide-pages.ts";
import { en } from "#test/documentation/guides/words-en.ts";
import { sampleStage } from "#test/infra/sample-stage.ts";

const dayMs = 24 * 60 * 60_000;
const pages = guidePages();
const inEnglish = pages.filter(({ language }) => language === "en");
const others = pages.filter(({ language }) => language !== "en");

const blocksIn = (text: string) => [...text.matchAll(/^```(\w+)\n(.*?)^```/gms)].map(([block]) => block);
const headingsIn = (text: string) => [...text.matchAll(/^(#+) /gm)].map(([, level]) => level);
const tablesIn = (text: string) => [...text.matchAll(/<!-- table ([a-z-]+) -->/g)].map(([, name]) => name);
const codesIn = (text: string) => new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code));
const linksIn = (text: string) =>
	[...text.matchAll(/\]\(([^)]+)\)/g)]
		.map(([, target = ""]) => target.replace(/#.*/, "").replace(/^\.\.\/(?:en|ru|kk)\//, ""))
		.sort();

const englishOf = ({ name }: GuidePage) => inEnglish.find((page) => page.name === name)?.text ?? "";

describe("the guides for clients", () => {
	it("exist in each language", () => {
		expect(inEnglish).toHaveLength(12);
		expect(others.map(({ name }) => name).sort()).toEqual(inEnglish.flatMap(({ name }) => [name, name]).sort());
	});

	it.each(pages)("have tables made from the code in $file: run npm run guides", (page) => {
		expect(page.text).toBe(withTables(page));
	});

	it.each(others)(
		"say in $file what the English page says: the same headings, tables, blocks, codes and links",
		(page) => {
			const english = englishOf(page);

			expect(headingsIn(page.text)).toEqual(headingsIn(english));
			expect(tablesIn(page.text)).toEqual(tablesIn(english));
			expect(blocksIn(page.text)).toEqual(blocksIn(english));
			expect([...codesIn(english)].filter((code) => !codesIn(page.text).has(code))).toEqual([]);
			expect(linksIn(page.text)).toEqual(linksIn(english));
		},
	);

	it.each(others.filter(({ language }) => language === "kk"))(
		"mark $file for review by a native speaker",
		({ text }) => {
			expect(text).toContain("To be reviewed by a native speaker.");
		},
	);

	/* Numbers that stand in prose, beside the tables. */
	const facts = [
		["scheduling.md", scheduleRange.fromMs / 60_000],
		["scheduling.md", scheduleRange.toMs / dayMs],
		["reports.md", answerLimitMs / 1_000],
		["incoming.md", incomingTextMax],
		["moving.md", lifetimeMaxMs / dayMs],
		["moving.md", messagesMax],
		["moving.md", bodyBytesMax / 1_024 / 1_024],
		["moving.md", textMax],
		["moving.md", sampleStage.retentionDays],
		["errors.md", textMax],
		["smpp.md", smppPort],
		["smpp.md", smppTlsPort],
	] as const;

	it.each(facts)("say in the prose of %s what the code says: %d", (name, number) => {
		const written = new RegExp(`(?<!\\d)${number}(?!\\d)`);
		const without = pages.filter(
			(page) => page.name === name && !written.test(page.text.replaceAll(/(\d),(\d{3})/g, "$1$2")),
		);

		expect(without.map(({ file }) => file)).toEqual([]);
	});

	it("give the secret that signs the reports of the local stack", () => {
		expect(pages.filter(({ text }) => text.includes(`export SMSGW_SECRET=${demoWebhookSecret}\n`))).toHaveLength(3);
	});

	it("name every number that the simulated operators refuse for a time", () => {
		const temporary = Array.from({ length: 99 }, (_, index) => index + 1).filter(
			(commandStatus) => meaningOf(commandStatus) !== "permanent",
		);
		const named = temporary.map((commandStatus) => `\`98${String(commandStatus).padStart(2, "0")}\``).join(", ");

		expect(pages.filter(({ name, text }) => name === "testing.md" && text.includes(`| ${named} |`))).toHaveLength(3);
	});

	it("describe every field of a request and of a report", () => {
		const { schemas } = openApiDocument()["components"] as {
			schemas: Record<string, { properties: Record<string, unknown> }>;
		};

		expect(Object.keys(en.requestFields).sort()).toEqual(
			Object.keys(schemas["MessageToSend"]?.properties ?? {}).sort(),
		);
		expect(Object.keys(en.reportFields).sort()).toEqual(Object.keys(schemas["Report"]?.properties ?? {}).sort());
	});

	const examples = inEnglish.flatMap(({ file, text }) =>
		blocksIn(text)
			.filter((block) => block.startsWith("```json"))
			.map((block) => ({ file, example: JSON.parse(block.replace(/^```\w*$/gm, "")) as object })),
	);

	it("have examples", () => {
		expect(examples.length).toBeGreaterThan(3);
	});

	it.each(examples)("have a valid example in $file", ({ example }) => {
		const schema =
			"delivery_report" in example
				? "DeliveryReports"
				: "incoming_report" in example
					? "IncomingReports"
					: "error_message" in example
						? "Problem"
						: "MessageToSend";
		const validate = validatorOf(schema);
		validate(example);

		expect(validate.errors).toBeNull();
	});
});
