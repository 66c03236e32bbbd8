import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { basePath, methodsAt, routes } from "#shared/contracts/routes.ts";

describe("a route", () => {
	it("is below the document's base path (R1)", () => {
		expect(basePath).toBe("/app/smsgw/rest/v2");
		expect(routes.every(({ path }) => path.startsWith("/") && !path.endsWith("/"))).toBe(true);
	});

	it("has its own handler under lambdas/", () => {
		const handlerFiles = routes.map(({ entry }) => `lambdas/${entry}.ts`);

		expect(handlerFiles.filter((file) => !existsSync(file))).toEqual([]);
	});

	it.each([
		["/messages", ["POST"]],
		["/messages/", ["POST"]],
		["/messages/1", ["GET", "HEAD", "DELETE"]],
		["/messages/1/", ["GET"]],
		["/messages/a%20b", ["GET"]],
	])("at %s allows at least %j, with or without a trailing slash (A44)", (path, methods) => {
		expect(methodsAt(`${basePath}${path}`)).toEqual(expect.arrayContaining(methods));
	});

	it.each([
		"",
		"/",
		"/messages//",
		"//messages",
		"/messages/1/2",
		"/message",
		"/Messages",
		"/messagesX",
		"/messages/1//",
	])("does not exist at %j", (path) => {
		expect(methodsAt(`${basePath}${path}`)).toEqual([]);
	});

	it("does not exist outside the base path", () => {
		expect(methodsAt("/messages")).toEqual([]);
		expect(methodsAt(`/x${basePath}/messages`)).toEqual([]);
		expect(methodsAt(basePath.replaceAll("/", "-"))).toEqual([]);
	});
});
