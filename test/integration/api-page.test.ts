import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiPage } from "#shared/contracts/openapi/api-page.ts";
import { portOf } from "#test/e2e/smsc.ts";

const executablePath = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => existsSync(path));
const axe = readFileSync("node_modules/axe-core/axe.min.js", "utf8");

/** The page about the API in a browser, before a gateway that accepts every message. */
describe.skipIf(executablePath === undefined)("the page about the API", () => {
	const requests: { readonly url: string | undefined; readonly login: string | undefined; readonly body: string }[] =
		[];
	let server: Server;
	let url: string;
	let browser: Browser;

	beforeAll(async () => {
		const { html, policy } = apiPage();
		server = createServer(async (request, response) => {
			if (request.url === "/docs") {
				response
					.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": policy })
					.end(html);
				return;
			}
			if (request.method !== "POST") return void response.writeHead(404).end();
			requests.push({ url: request.url, login: request.headers.authorization, body: await text(request) });
			response.writeHead(201, { location: "/messages/12313" }).end('{"message_id":"12313"}');
		});
		url = `http://127.0.0.1:${await portOf(server)}/docs`;
		browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ["--no-sandbox"] });
	});
	afterAll(async () => {
		await browser?.close();
		server?.close();
	});

	it.each(["light", "dark"] as const)("can be read by everybody, and fits a telephone: %s", async (colorScheme) => {
		const page = await browser.newPage({ colorScheme, viewport: { width: 390, height: 900 }, bypassCSP: true });
		await page.goto(url);
		const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
		await page.evaluate(axe);
		const { violations } = (await page.evaluate("axe.run()")) as { violations: readonly { id: string }[] };
		await page.close();

		expect(violations.map(({ id }) => id)).toEqual([]);
		expect(overflow).toBe(0);
	});

	it("sends a message by the keyboard, and offers its ids to the other forms", async () => {
		const page = await browser.newPage();
		await page.goto(url);
		const form = page.locator("#post-message form");
		await form.getByLabel("body").focus();
		for (let sent = 0; sent < 2; sent++) {
			await page.keyboard.press("Tab");
			await page.keyboard.press("Enter");
			await form.getByText("12313").first().waitFor();
			await form.getByLabel("body").focus();
		}
		const offered = await page.locator("#get-message input[name=message_id]").inputValue();
		const filled = await page.evaluate(
			"[...document.querySelectorAll('input[data-in=query]')].filter(({ value }) => value !== '').length",
		);
		await page.close();

		const ids = requests.map(({ body }) => (JSON.parse(body) as { client_message_id: string }).client_message_id);
		expect(requests[0]).toMatchObject({ url: "/app/smsgw/rest/v2/messages", login: `Basic ${btoa("demo:demo")}` });
		expect(new Set(ids).size).toBe(2);
		expect(offered).toBe("12313");
		expect(filled).toBe(0);
	});
});
