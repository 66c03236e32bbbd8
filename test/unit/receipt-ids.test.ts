import { describe, expect, it } from "vitest";
import { alternativeIds, isUnusualForm, type ReceiptIdRule } from "#shared/domain/receipts/receipt-ids.ts";

const has = (id: string, form: string, rule?: ReceiptIdRule) =>
	alternativeIds(id, rule, true).find((one) => one.id === form)?.format;

describe("a receipt's id", () => {
	it.each([
		["0A1B2C3D", "169552957", "hex"],
		["a1b2c3d", "169552957", "hex"],
		["169552957", "a1b2c3d", "decimal"],
		["169552957", "A1B2C3D", "decimal"],
		["169552957", "0a1b2c3d", "decimal"],
		["169552957", "0A1B2C3D", "decimal"],
		["0000012345", "12345", "zeros"],
		["12345", "0000012345", "zeros"],
		["Smsc2001", "SMSC2001", "case"],
		["00FF00", "00ff00", "case"],
		["18446744073709551616", "10000000000000000", "decimal"],
		["00B8EC69", "B8EC69", "zeros"],
		["B8EC69", "00B8EC69", "zeros"],
		["00B8EC69", "b8ec69", "zeros"],
		["b8ec69", "00B8EC69", "zeros"],
		["00B8EC69", "12119145", "hex"],
		["B8EC69", "0012119145", "hex"],
		["0012119145", "00b8ec69", "decimal"],
		["0012119145", "B8EC69", "decimal"],
		["B8EC69", "000000B8EC69", "zeros"],
		["12119145", "00000000000012119145", "zeros"],
		["B8EC69", "012119145", "hex"],
		["b8ec69", "00000000012119145", "hex"],
		["12119145", "000000B8EC69", "decimal"],
		["7b0e0c2e6f5d4a5fb6a40a1c9f5e2d11", "7b0e0c2e-6f5d-4a5f-b6a4-0a1c9f5e2d11", "hyphens"],
		["7B0E0C2E-6F5D-4A5F-B6A4-0A1C9F5E2D11", "7b0e0c2e6f5d4a5fb6a40a1c9f5e2d11", "hyphens"],
	])("in the form %s may be the response's %s: %s", (id, form, format) => {
		expect(has(id, form)).toBe(format);
	});

	it.each(["Smsc2001", "7b0e0c2e-6f5d-4a5f-b6a4-0a1c9f5e2d11", "x".repeat(65), "9".repeat(200), "", "0"])(
		"that is not a number, %j, has no numeric form",
		(id) => {
			expect(alternativeIds(id).filter(({ format }) => format === "hex" && id !== "0")).toEqual([]);
			expect(alternativeIds(id).every((form) => form.id !== id)).toBe(true);
		},
	);

	it.each([
		["same", "12", []],
		["hex", "12", ["18", "0000000018"]],
		["hex", "xyz", []],
		["decimal", "18", ["12", "00000012", "0000000000000012"]],
		["decimal", "0A", []],
	] as const)("configured as %s has no other form", (rule, id, forms) => {
		expect(alternativeIds(id, rule).map((form) => form.id)).toEqual(forms);
	});

	it.each([
		["decimal", String(0xdeadbeef), "00deadbeef"],
		["hex", "deadbeef", String(0xdeadbeef).padStart(16, "0")],
	] as const)("may be %s of an id with a width that is usual in the other base", (format, id, response) => {
		const found = alternativeIds(id, undefined, true).find((one) => one.id === response);

		expect(found).toMatchObject({ format });
		expect(isUnusualForm(found?.form ?? "")).toBe(true);
		expect(alternativeIds(id).map((one) => one.id)).not.toContain(response);
	});

	it("has few other forms, each once, and some more of unusual widths", () => {
		for (const [hasUnusual, max] of [
			[false, 14],
			[true, 70],
		] as const) {
			const forms = alternativeIds("0012345678", undefined, hasUnusual);

			expect(new Set(forms.map(({ id }) => id)).size).toBe(forms.length);
			expect(forms.length).toBeLessThanOrEqual(max);
			expect(forms.some(({ form }) => isUnusualForm(form))).toBe(hasUnusual);
		}
	});
});
