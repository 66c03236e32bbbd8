import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, expect, it } from "vitest";
import { followLog } from "#local/live-log/follow-log.ts";
import { formatted, showLog } from "#local/live-log/show-log.ts";

const folder = mkdtempSync(join(tmpdir(), "smsgw-show-"));
afterAll(() => rmSync(folder, { recursive: true }));

function aFile(name: string, content = ""): string {
	const file = join(folder, name);
	writeFileSync(file, content);
	return file;
}

const anOutput = () => {
	const written: string[] = [];
	const write = (chunk: Buffer, _: string, done: () => void) => {
		written.push(chunk.toString());
		done();
	};
	return { written, stream: new Writable({ write }) };
};
const accepted = (id: number) =>
	JSON.stringify({
		level: "info",
		time: "2026-11-28T09:00:00Z",
		user_name: "demo",
		message_ids: [id],
		event: "messages.accepted",
	});

it("a log is followed from its end, by complete lines", () => {
	const file = aFile("followed", "before\n");
	const log = followLog(file);

	const written = Buffer.from("one\ntwo ха\nthree");
	const insideOfLetter = "one\ntwo ".length + 1;
	appendFileSync(file, written.subarray(0, insideOfLetter));
	const first = log.next().lines;
	appendFileSync(file, written.subarray(insideOfLetter));

	expect([first, log.next().lines, log.next().lines]).toEqual([["one"], ["two ха"], []]);
	log.close();
});

it("of a log that grows faster than it is read, the newest lines are shown", () => {
	const file = aFile("fast");
	const log = followLog(file);

	appendFileSync(file, `${"x".repeat(2_000_000)}\nlast\n`);
	const { lines, skippedOctets } = log.next();

	expect(lines).toEqual(["last"]);
	expect(skippedOctets).toBeGreaterThan(900_000);
	log.close();
});

it("the rest of the log is shown at the end, short or raw or not at all", () => {
	const shown = (["short", "raw", "off"] as const).map((how) => {
		const [file, output] = [aFile(how), anOutput()];
		const end = showLog({ logFile: file, shown: how, output: output.stream });
		appendFileSync(file, `${accepted(7)}\n{"_aws":{}}\n`);
		end();
		return output.written.map((line) => line.replace(/^\d\d:\d\d:\d\d/, "TIME"));
	});

	expect(shown).toEqual([["TIME  accepted      demo     7\n"], [`${accepted(7)}\n`, '{"_aws":{}}\n'], []]);
});

it("a flood of lines is cut and counted", () => {
	const [file, output] = [aFile("flood"), anOutput()];
	const end = showLog({ logFile: file, shown: "short", output: output.stream });
	appendFileSync(file, Array.from({ length: 70 }, (_, id) => `${accepted(id)}\n`).join(""));

	end();

	expect(output.written).toHaveLength(51);
	expect(output.written.at(-1)).toBe("… 20 lines more; the log has all of them\n");
});

it.each(["short", "raw"] as const)("what is left out of a log that grows fast is said: %s", (shown) => {
	const [file, output] = [aFile(`skipped-${shown}`), anOutput()];
	const end = showLog({ logFile: file, shown, output: output.stream });
	appendFileSync(file, `${"x".repeat(2_000_000)}\n${accepted(1)}\n`);

	end();

	expect(output.written).toHaveLength(2);
	expect(output.written[0]).toMatch(/^… \d{6} octets are left out; the log has all of them\n$/);
});

it("an output that is no terminal gets no colours", () => {
	const line = formatted({ at: 0, tone: "good", what: "bind up", who: "kcell", text: "x" }, anOutput().stream);

	expect(line).not.toContain("\u001b");
});
