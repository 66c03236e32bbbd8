import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { codeLanguages, sampleCode } from "#admin/console/sample-code.ts";

const request = {
	...{ url: "http://127.0.0.1:8080/app/smsgw/rest/v2", account: "demo", password: "pass'word" },
	...{ sender: "SMSGW", recipient: "77010000000", text: `It's "5 $" \\ for\nyou` },
};

describe("code that sends a message", () => {
	it.each(codeLanguages)("in %s has the values, and takes none from elsewhere", (language) => {
		const code = sampleCode(language, request);

		expect(code).toContain(request.recipient);
		expect(code).not.toMatch(/SMSGW_(URL|USER|PASSWORD|SENDER)'?\)|argv\[1\]|args\[[01]\]|environ\["SMSGW/);
	});

	it("by curl is one command, whatever quotes are in the values", () => {
		const printed = execFileSync("sh", ["-c", sampleCode("curl", request).replace("curl", "printf '%s\\n'")], {
			encoding: "utf8",
		});

		expect(printed).toContain("demo:pass'word\n");
		expect(JSON.parse(printed.slice(printed.indexOf("{")))).toMatchObject({ message_text: request.text });
	});
});
