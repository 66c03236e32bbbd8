import { describe, expect, it, vi } from "vitest";
import { benchOptions } from "#bench/options.ts";

describe("the bench's options", () => {
	it("have a default each", () => {
		expect(benchOptions([])).toMatchObject({
			mode: ["single", "batches", "smpp"],
			messages: 4_000,
			runs: 3,
			scale: [1],
			receiptDelay: 1_000,
		});
	});

	it("are read as numbers and lists", () => {
		const given = ["--mode", "batches,smpp", "--scale", "1,4,16", "--receipt-delay", "0", "--peer", "kannel"];

		expect(benchOptions(given)).toMatchObject({
			mode: ["batches", "smpp"],
			scale: [1, 4, 16],
			receiptDelay: 0,
			peer: "kannel",
		});
	});

	it.each([
		["--mode", "pigeon"],
		["--messages", "0"],
		["--scale", "1,,4"],
		["--receipt-delay", "soon"],
		["--peer", "other"],
		["--egress", "--release"],
		["--cold", "--peer", "kannel"],
	])("are refused where they make no sense: %s %s", (...given) => {
		const told = vi.spyOn(process.stderr, "write").mockReturnValue(true);

		expect(() => benchOptions(given)).toThrow();
		told.mockRestore();
	});
});
