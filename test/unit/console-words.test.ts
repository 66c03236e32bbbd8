import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { errorMeaning, errorMeanings } from "#admin/views/error-meanings.ts";
import { timelineLines } from "#admin/views/timeline-text.ts";
import { timelineLanguages, timelineTexts } from "#admin/views/timeline-words.ts";
import { en, type Forms } from "#console/words/en.ts";
import { kk } from "#console/words/kk.ts";
import { ru } from "#console/words/ru.ts";
import { timelineOf } from "#shared/domain/message/timeline.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";

const textsOf = (words: string | Forms): readonly string[] =>
	typeof words === "string" ? [words] : Object.values(words);
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted();

it("the console uses each of its texts", () => {
	const pages = globSync("console/**/*.ts").filter((file) => !file.startsWith("console/words/"));
	const source = pages.map((file) => readFileSync(file, "utf8")).join("\n");

	expect(Object.keys(en).filter((key) => !source.includes(`"${key}"`))).toEqual([]);
});

it("a text that counts has a form for one", () => {
	const units = /\{n\} (ms|of)\b/;
	const counting = Object.entries(en).filter(
		([, text]) => typeof text === "string" && /\{n\} \w/.test(text) && !units.test(text),
	);

	expect(counting.map(([key]) => key)).toEqual([]);
});

describe.each([
	["ru", ru],
	["kk", kk],
] as const)("the console's texts in %s", (language, words) => {
	it.each(Object.keys(en) as (keyof typeof en)[])("have the same words to fill in: %s", (key) => {
		const wanted = placeholders(textsOf(en[key])[0] ?? "");

		for (const text of textsOf(words[key])) expect(placeholders(text)).toEqual(wanted);
	});

	it("have each form that the language's plurals need", () => {
		const rules = new Intl.PluralRules(language);
		const needed = new Set(Array.from({ length: 200 }, (_, n) => rules.select(n)));

		const lacking = Object.entries(words).filter(
			([, forms]) => typeof forms !== "string" && [...needed].some((form) => !(form in forms)),
		);
		expect(lacking.map(([key]) => key)).toEqual([]);
	});

	it("are written in Cyrillic, apart from names", () => {
		const latin = ["flash"];
		const strange = Object.entries(words).filter(
			([key, text]) => !latin.includes(key) && textsOf(text).some((one) => !/\p{Script=Cyrillic}/u.test(one)),
		);

		expect(strange.map(([key]) => key)).toEqual([]);
	});
});

describe("a message's history", () => {
	const at = mondayAtEleven;
	const receipt = { smscId: "a1", status: "UNDELIVERABLE", statusAt: at + 3_000, errorCode: "27" } as const;
	const ended = aMessage({
		...{ batchId: 7, clientAddress: "203.0.113.8", sentAt: at + 1_000, confirmedAt: at + 2_000 },
		...{ status: "UNDELIVERABLE", errorCode: "27", statusAt: at + 3_000, segments: [receipt] },
	});
	const waiting = aMessage({ timeBounds: "def", acceptedAt: at + 12 * 3_600_000 });

	it.each(timelineLanguages)("has a sentence for each event in %s", (language) => {
		const lines = [ended, waiting].flatMap((message) => {
			const now = message.acceptedAt + 5_000;
			return timelineLines(timelineOf(message, new Map(), now), now, timelineTexts[language]);
		});

		expect(lines.length).toBeGreaterThan(6);
		for (const { text } of lines) expect(text).not.toMatch(/undefined|null|NaN|\[object/);
		if (language !== "en") expect(lines.filter(({ text }) => !/\p{Script=Cyrillic}/u.test(text))).toEqual([]);
	});

	it.each([
		["ru", 0, "ждёт своего окна: до 09:00"],
		["ru", 1, "ждёт своего окна: до вт, 24 нояб., 09:00"],
		["ru", 9, "ждёт своего окна: до 2 дек. 2026 г., 09:00"],
		["kk", 1, "өз терезесін күтеді, ашылатын уақыты: 24 қар., сс, 09:00"],
		["kk", 9, "өз терезесін күтеді, ашылатын уақыты: 2026 ж. 2 жел., 09:00"],
	] as const)("says in %s when a window opens, %i days later", (language, days, text) => {
		const until = mondayAtEleven + days * 24 * 3_600_000 - 2 * 3_600_000;

		expect(timelineTexts[language].standings.time_bounds({ until } as never, mondayAtEleven)).toBe(text);
	});

	it.each(["ru", "kk"] as const)("has no weekday or month in the nominative after another word in %s", (language) => {
		const now = mondayAtEleven;
		const standings = [0, 1, 3, 40].flatMap((days) =>
			Object.values(timelineTexts[language].standings).map((textOf) => {
				const until = now + days * 24 * 3_600_000;
				return textOf({ until, nextAt: until, since: until, errorCode: null } as never, now);
			}),
		);

		const longNames = new Intl.DateTimeFormat(language, { weekday: "long" });
		const weekdays = Array.from({ length: 7 }, (_, day) => longNames.format(now + day * 24 * 3_600_000));
		expect(standings.filter((text) => weekdays.some((name) => text.includes(name)))).toEqual([]);
		expect(
			standings.filter((text) => /\d дейін|\p{L} \d\d:\d\d/u.test(text.replaceAll(/: до \d|ждёт до \d/g, ""))),
		).toEqual([]);
	});
});

it("the meaning of a code is that of the language, and the dictionary's text in English", () => {
	expect(errorMeaning("en", "27")).toBe("Mobile equipment is off, out of coverage, or SIM memory is full");
	expect(errorMeaning("ru", "27")).toBe(errorMeanings.ru[27]);
	expect(errorMeaning("kk", null)).toBeNull();
});
