import { describe, expect, it } from "vitest";
import { requestReader } from "#local/wire/http-requests.ts";

const request = (body: string) =>
	Buffer.from(
		`POST /path HTTP/1.1\r\nHost: x\r\nX-Amz-Target:  A.B\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
	);

function readAll(chunks: readonly Buffer[]): readonly string[] {
	const reader = requestReader();
	const bodies: string[] = [];
	for (const chunk of chunks) {
		reader.add(chunk);
		for (let next = reader.next(); next; next = reader.next()) bodies.push(next.body);
	}
	return bodies;
}

describe("the requests of a connection", () => {
	it("have a method, a path, headers in any case, and a body", () => {
		const reader = requestReader();
		reader.add(request("{}"));

		const next = reader.next();

		expect(next).toMatchObject({ method: "POST", path: "/path", body: "{}" });
		expect([next?.header("x-amz-target"), next?.header("host"), next?.header("date")]).toEqual(["A.B", "x", undefined]);
	});

	it.each([1, 2, 7, 60, 1_000])("are whole, however they arrive: %i octets at a time", (size) => {
		const bodies = ["one", "", "ü𝄞", "x".repeat(200)];
		const octets = Buffer.concat(bodies.map(request));
		const chunks = Array.from({ length: Math.ceil(octets.length / size) }, (_, index) =>
			octets.subarray(index * size, (index + 1) * size),
		);

		expect(readAll(chunks)).toEqual(bodies);
	});

	it.each([
		["without a length", "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"],
		["of a wrong length", "POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n"],
		["longer than a service takes", "POST / HTTP/1.1\r\ncontent-length: 20000000\r\n\r\n"],
		["with an endless head", `POST / HTTP/1.1\r\n${"x".repeat(70_000)}`],
	])("are refused %s", (_, text) => {
		expect(() => readAll([Buffer.from(text)])).toThrow(/request/);
	});
});
