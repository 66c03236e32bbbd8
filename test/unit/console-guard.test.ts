import { describe, expect, it } from "vitest";
import { consoleAdmission } from "#admin/console/guard.ts";

const token = "a-token";
const guard = { port: 8082, token };
const host = "127.0.0.1:8082";
const cookie = `other=1; smsgw-console-8082=${token}`;

const asked = (method: string, path: string, headers: Record<string, string>) =>
	consoleAdmission({ method, url: new URL(path, "http://console"), headers }, guard).kind;

describe("the console admits", () => {
	it.each([
		["a page with the cookie", "GET", "/traffic", { host, cookie }],
		["the same by name", "GET", "/traffic", { host: "localhost:8082", cookie }],
		["an action from its own pages", "POST", "/api/x", { host, cookie, origin: `http://${host}` }],
		[
			"a link to it from elsewhere",
			"GET",
			"/",
			{ host, cookie, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
		],
	])("%s", (_, method, path, headers) => {
		expect(asked(method, path, headers)).toBe("admitted");
	});

	it("a demo without a token, whose passwords are public", () => {
		const request = { method: "GET", url: new URL("http://console/"), headers: { host } };

		expect(consoleAdmission(request, { port: 8082, token: null }).kind).toBe("admitted");
	});

	it("the token in the address once, and moves it into a cookie that scripts and other sites cannot use", () => {
		const request = { method: "GET", url: new URL(`http://console/?token=${token}`), headers: { host } };

		expect(consoleAdmission(request, guard)).toEqual({
			kind: "log_in",
			cookie: `smsgw-console-8082=${token}; HttpOnly; SameSite=Strict; Path=/`,
		});
	});
});

describe("the console refuses", () => {
	it("another port, and says that a forwarded port must have the same number", () => {
		const request = { method: "GET", url: new URL("http://console/"), headers: { host: "127.0.0.1:9000", cookie } };

		expect(consoleAdmission(request, guard)).toMatchObject({
			status: 421,
			why: "open it at 127.0.0.1:8082: a forwarded port must have the same number",
		});
	});

	it.each([
		["no cookie", "GET", "/traffic", { host }],
		["a wrong token", "GET", "/?token=a-tokem", { host }],
		["a token of another length", "GET", "/?token=a", { host }],
		["a wrong cookie", "GET", "/", { host, cookie: "smsgw-console-8082=a-tokem" }],
		["the cookie of another port", "GET", "/", { host, cookie: `smsgw-console-8083=${token}` }],
		["a name that another site has pointed here", "GET", "/", { host: "evil.example:8082", cookie }],
		["another port", "GET", "/", { host: "127.0.0.1:80", cookie }],
		["no host", "GET", "/", { cookie }],
		["a form of another site", "POST", "/api/x", { host, cookie, origin: "http://evil.example" }],
		["a page of another port", "POST", "/api/x", { host, cookie, origin: "http://127.0.0.1:3000" }],
		["an action without an origin", "POST", "/api/x", { host, cookie }],
		["a hidden origin", "POST", "/api/x", { host, cookie, origin: "null" }],
		["a token in the address of an action", "POST", `/?token=${token}`, { host, origin: `http://${host}` }],
		[
			"a script of another site",
			"GET",
			"/api/x",
			{ host, cookie, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
		],
	])("%s", (_, method, path, headers) => {
		expect(asked(method, path, headers)).toBe("refused");
	});
});
