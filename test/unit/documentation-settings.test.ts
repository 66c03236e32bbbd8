import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "#infra/entries.ts";
import {
	bindSettings,
	defaultBindSettings,
	defaultSubmitStyle,
	operatorsFile,
	smsc,
	submitStyle,
} from "#shared/contracts/smscs.ts";
import { meaningOf } from "#shared/domain/send/status-meanings.ts";

const read = (file: string) => readFileSync(join(root, "docs", file), "utf8");

/** The rows of the table with this first heading: the backticked name, and the last cell. */
function tableOf(page: string, firstHeading: string): Readonly<Record<string, string>> {
	const table = page.split("\n\n").find((block) => block.startsWith(`| ${firstHeading} |`)) ?? "";
	const rows = table.trimEnd().split("\n").slice(2);
	return Object.fromEntries(
		rows.map((row) => [/^\| `([^`]+)`/.exec(row)?.[1] ?? row, row.split(" | ").at(-1)?.replace(/ \|$/, "") ?? ""]),
	);
}

const page = read("smsc-settings.md");

describe("the page of SMSC settings", () => {
	it("has every setting, and no other", () => {
		const { errors } = smsc.shape;

		expect(Object.keys(tableOf(page, "setting")).sort()).toEqual(Object.keys(smsc.shape).sort());
		expect(Object.keys(tableOf(page, "in `submit`")).sort()).toEqual(Object.keys(submitStyle.shape).sort());
		expect(Object.keys(tableOf(page, "in `bind`")).sort()).toEqual(Object.keys(bindSettings.shape).sort());
		expect(Object.keys(tableOf(page, "in `errors`")).sort()).toEqual(Object.keys(errors.unwrap().shape).sort());
	});

	it("has the defaults", () => {
		const defaults = smsc.parse({ host: "a", port: 1, system_id: "a" });
		const stated = { ...tableOf(page, "setting"), ...tableOf(page, "in `submit`"), ...tableOf(page, "in `bind`") };
		const expected = {
			...defaultSubmitStyle,
			...defaultBindSettings,
			binds: defaults.binds,
			tps: defaults.tps,
			window: defaults.window,
		};

		for (const [name, value] of Object.entries(expected)) {
			if (value === "" || typeof value === "object") continue;
			expect([name, (stated[name] ?? "").replaceAll("`", "")]).toEqual([name, String(value)]);
		}
	});

	it("has the meanings of command_status", () => {
		const rows = [...page.matchAll(/^\| `(throttled|temporary|reconnect)` .* \| ([^|]+) \|$/gm)];
		const stated = rows.flatMap(([, meaning, all = ""]) =>
			[...all.matchAll(/(\d+) \(/g)].map(([, one]) => [one, meaning]),
		);
		const expected = Array.from({ length: 256 }, (_, status) => [String(status), meaningOf(status)] as const);

		expect(Object.fromEntries(stated)).toEqual(
			Object.fromEntries(expected.filter(([, meaning]) => meaning !== "permanent")),
		);
	});

	it("shows an example of each group of settings, and each is accepted", () => {
		const examples = [...page.matchAll(/^```json\n(.*?)^```/gms)].slice(1).map(([, block]) => JSON.parse(`{${block}}`));
		const kcell = { host: "a", port: 1, system_id: "a" };

		for (const example of examples) expect(smsc.safeParse({ ...kcell, ...example }).error).toBeUndefined();
		expect(examples.flatMap((example) => Object.keys(example))).toEqual(
			expect.arrayContaining(["standby_hosts", "bind", "response_seconds", "statuses"]),
		);
	});

	it("shows blocks that are accepted, here and on the page of the local stack", () => {
		const [inStage = ""] = [...page.matchAll(/^```json\n(.*?)^```/gms)].map(([, block]) => block);
		const [inFile = ""] = [...read("local-stack.md").matchAll(/^```json\n(.*?)^```/gms)].map(([, block]) => block);

		expect(smsc.safeParse(JSON.parse(`{${inStage}}`).kcell).error).toBeUndefined();
		expect(operatorsFile.safeParse(JSON.parse(inFile)).error).toBeUndefined();
	});
});

describe("the two drawings of the message flow", () => {
	it("differ in their colours only", () => {
		const [light, dark] = ["light", "dark"].map((name) => read(`images/message-flow-${name}.svg`));
		const withoutColours = (drawing = "") => drawing.replaceAll(/#[\da-f]{6}/g, "#");

		expect(withoutColours(light)).toBe(withoutColours(dark));
		expect(light).not.toBe(dark);
	});
});
