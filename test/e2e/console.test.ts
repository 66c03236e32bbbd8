import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "#infra/entries.ts";
import type { LocalStack } from "#local/local-stack-options.ts";
import { browserPath, errorsOf, openBrowser } from "./browser.ts";
import { openTestStack } from "./local-stack.ts";

/** The console in a real browser. Without one on this machine, these tests are skipped, and the line says so. */

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/* The test waits for what it expects; a busy machine takes longer. */
const seenWithinMs = 60_000;

const missing = browserPath === undefined ? " (SKIPPED: no chromium on this machine, see .ci/run)" : "";

describe.skipIf(browserPath === undefined)(`the console in a browser${missing}`, () => {
	let localStack: LocalStack;
	let browser: Browser;

	beforeAll(async () => {
		[localStack, browser] = await Promise.all([openTestStack({ consolePort: 0 }), openBrowser()]);
	}, 240_000);

	afterAll(async () => {
		await browser?.close();
		await localStack?.stop();
	});

	type Size = { readonly width?: number; readonly language?: string };

	async function openPage(path: string, { width = 1_280, language = "en-US" }: Size = {}) {
		const context = await browser.newContext({ viewport: { width, height: 860 }, locale: language });
		const page = await context.newPage();
		page.setDefaultTimeout(seenWithinMs);
		const errors = errorsOf(page);
		await page.goto(`${localStack.consoleUrl}${path}`);
		await page.waitForSelector("h1");
		return { page, errors, close: async () => await context.close() };
	}

	/** Sends a message as the README says, with curl. */
	function sendByCurl(recipient: string, text: string): string {
		const message = { client_message_id: `curl-${recipient}-${text}`, sender: "SMSGW", recipient, message_text: text };
		const args = ["-s", "-u", "demo:demo", `${localStack.url}/messages`, "-d", JSON.stringify(message)];
		return JSON.parse(execFileSync("curl", args, { encoding: "utf8" })).message_id as string;
	}

	const confirm = async (page: Page, verb: string) =>
		await page.getByRole("dialog").getByRole("button", { name: verb }).click();

	async function violationsOn(page: Page): Promise<readonly string[]> {
		await page.evaluate(axeSource);
		return await page.evaluate(
			"axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }).then((found) => found.violations.map(({ id, nodes }) => [id, ...nodes.map(({ target }) => target.join(' '))].join(' ')))",
		);
	}

	it("shows a message on its phone, the answer of its subscriber, and the reports to the webhook", async () => {
		const { page, errors, close } = await openPage("/phones");

		sendByCurl("77011110001", "Your code is 4821");
		await page.getByRole("button", { name: /77011110001/ }).click();
		const phone = page.getByRole("log");
		await phone.getByText("Your code is 4821").waitFor();
		expect(await phone.getByText("1 segment").isVisible()).toBe(true);
		await page
			.getByText(/DELIVERED \d+/)
			.first()
			.waitFor();

		await page.getByLabel("Answer as the subscriber").last().fill("Thank you");
		await page.getByRole("button", { name: "Answer" }).click();
		await phone.getByText("Thank you").waitFor();
		await page.getByText("77011110001 → 9090: Thank you").waitFor();

		expect(errors).toEqual([]);
		await close();
	});

	it("has no stream while its tab is hidden, and opens it again", async () => {
		const { page, close } = await openPage("/phones");
		const show = async (isShown: boolean) =>
			await page.evaluate(
				`Object.defineProperty(document, "hidden", { value: ${!isShown}, configurable: true }); document.dispatchEvent(new Event("visibilitychange"))`,
			);
		const isStream = (request: { url(): string }) => request.url().endsWith("/api/stream/phones");

		const closed = page.waitForEvent("requestfailed", isStream);
		await show(false);
		await closed;
		const opened = page.waitForRequest(isStream);
		await show(true);
		await opened;
		await close();
	});

	it("lets the webhook fail, shows the attempts, and lets it recover", async () => {
		const { page, close } = await openPage("/phones");
		const choose = async (mode: string) => {
			const chosen = page.waitForResponse((response) => response.url().endsWith("/api/phones/webhook"));
			await page.getByLabel("/demo answers").selectOption(mode);
			expect((await chosen).status()).toBe(200);
		};
		await choose("fail");

		const id = sendByCurl("77011110002", "Failing webhook");
		const attempt = (status: string) => page.getByRole("listitem").filter({ hasText: id }).filter({ hasText: status });
		await attempt("500").first().waitFor();
		await choose("ok");
		await attempt("204").first().waitFor();

		await close();
	});

	it("chooses the outcome of the next message", async () => {
		const { page, close } = await openPage("/phones");
		sendByCurl("77011110003", "First");
		await page.getByRole("button", { name: /77011110003/ }).click();
		await page.getByRole("button", { name: "Choose" }).click();
		await page.getByText("The next message to 77011110003 has this outcome.").waitFor();

		sendByCurl("77011110003", "Second");
		await page.getByRole("log").getByText("fails with error 27").waitFor();

		await close();
	});

	it("finds a message by its number, and shows what happened to it", async () => {
		const id = sendByCurl("77011110004", "To be found");
		const { page, close } = await openPage("/messages");
		await page.getByLabel("Recipient").fill("+7 701 111 00 04");
		const found = page.getByRole("link", { name: id });
		await expect
			.poll(
				async () => {
					const answered = page.waitForResponse((response) => response.url().includes("/api/messages?"));
					await page.getByRole("button", { name: "Find" }).click();
					await (await answered).finished();
					await page.getByText("Loading…").waitFor({ state: "detached" });
					return await found.count();
				},
				{ timeout: seenWithinMs, interval: 2_000 },
			)
			.toBe(1);

		await found.click();
		await page.getByText(/accepted by REST/).waitFor();
		await page.getByLabel("Language").selectOption("ru");
		await page.getByText(/принято по REST/).waitFor();
		await close();
	});

	it("pauses an operator once it is confirmed, shows the lane fill, and resumes", async () => {
		const { page, close } = await openPage("/traffic");
		await page.getByRole("button", { name: "Pause tele2" }).click();
		await page.getByRole("button", { name: "Cancel" }).click();
		await page.getByRole("button", { name: "Pause tele2" }).click();
		await confirm(page, "Pause");
		await page.getByRole("button", { name: "Resume tele2" }).waitFor();

		/* The page knows of the pause before the task does, which still sends for some seconds. */
		const waiting = async (count: number) => {
			sendByCurl("77071110001", `Waits ${count}`);
			await page.waitForTimeout(2_000);
			return await page.getByRole("rowheader", { name: "tele2-bulk" }).count();
		};
		for (let count = 1; (await waiting(count)) === 0; ) count += 1;

		await page.getByRole("button", { name: "Resume tele2" }).click();
		await page.getByText("All lanes are empty.").waitFor();
		await close();
	});

	it.each([
		["en-US", "Phones", "Send a message"],
		["ru-RU", "Телефоны", "Отправить сообщение"],
		["kk-KZ", "Телефондар", "Хабарлама жіберу"],
	])("speaks the language of the browser: %s", async (language, title, form) => {
		const { page, errors, close } = await openPage("/phones", { language });

		expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(title);
		expect(await page.getByText(form).count()).toBe(1);
		expect(await page.getAttribute("html", "lang")).toBe(language.slice(0, 2));
		expect(errors).toEqual([]);
		await close();
	});

	it.each([
		...["/phones", "/messages", "/traffic", "/reports", "/accounts"].map((path) => [path, 1_280] as const),
		["/phones", 390] as const,
		/* As on a screen of 1,280 at twice the size. */
		["/traffic", 640] as const,
	])("has labels and contrasts, and fits: %s at a width of %i", async (path, width) => {
		const { page, errors, close } = await openPage(path, { width });
		await expect.poll(async () => await page.getByText("Loading…").count(), { timeout: seenWithinMs }).toBe(0);

		expect(await violationsOn(page)).toEqual([]);
		expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
		expect(errors).toEqual([]);
		await close();
	});

	it("can be used by the keyboard alone", async () => {
		const { page, close } = await openPage("/traffic");
		await page.keyboard.press("Tab");
		await page.keyboard.press("Enter");
		await page.getByRole("button", { name: "Pause kcell" }).waitFor();
		expect(await page.evaluate("document.activeElement.id")).toBe("content");

		await page.getByRole("button", { name: "Pause kcell" }).press("Enter");
		await page.getByRole("dialog").waitFor();
		await page.keyboard.press("Escape");
		await page.getByRole("dialog").waitFor({ state: "detached" });
		await close();
	});

	it("is also served by smsgw console, to those who have its address", async () => {
		const port = new URL(localStack.apiAddress).port;
		const command = spawn(process.execPath, [join(root, "admin/smsgw.ts"), "console", "--local"], {
			env: { PATH: "/usr/bin:/bin", SMSGW_HTTP_PORT: port },
			stdio: ["ignore", "pipe", "inherit"],
		});
		const exited = once(command, "exit");
		let output = "";
		command.stdout.on("data", (chunk) => {
			output += chunk;
		});
		const address = () => /open (http\S+)/.exec(output)?.[1] ?? "";
		await expect.poll(address, { timeout: seenWithinMs }).toContain("?token=");

		const context = await browser.newContext();
		const page = await context.newPage();
		await page.goto(address());
		await page.getByRole("heading", { level: 1 }).waitFor();
		expect(new URL(page.url()).search).toBe("");
		expect((await fetch(new URL("/api/about", address()))).status).toBe(401);
		await context.close();

		command.kill("SIGINT");
		expect((await exited)[0]).toBe(0);
	});

	it("does nothing for a page of another site, and nothing unconfirmed", async () => {
		const pause = async (headers: Record<string, string>, body: object) => {
			const request = { method: "POST", headers: { "content-type": "application/json", ...headers } };
			const url = `${localStack.consoleUrl}/api/operators/pause`;
			return (await fetch(url, { ...request, body: JSON.stringify(body) })).status;
		};

		expect(await pause({ origin: "http://elsewhere.example" }, { operator: "kcell", confirmed: true })).toBe(403);
		expect(await pause({ origin: localStack.consoleUrl }, { operator: "kcell" })).toBe(400);
		expect(readFileSync(localStack.logFile, "utf8")).toContain('"event":"console.action"');
	});
});
